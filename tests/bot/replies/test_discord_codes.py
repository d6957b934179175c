"""Discord's error codes, sorted: each kind is told in words, and only a wrong request of ours is a fault."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.replies.discord_codes import Kind, in_words, is_closed, is_final, kind_of, refused_fields
from sandbox.codes import REFUSALS


def error(status: int, code: int = 0, **more: Any) -> discord.HTTPException:
    response = cast("Any", SimpleNamespace(status=status, reason="for a test"))
    return discord.HTTPException(response, {"code": code, "message": "no", **more})


def form_error(**fields: str) -> discord.HTTPException:
    errors = {name: {"_errors": [{"code": "X", "message": said}]} for name, said in fields.items()}
    return error(400, 50035, errors=errors)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (10003, "gone"),
        (10007, "gone"),
        (10097, "gone"),
        (50007, "forbidden"),
        (50008, "forbidden"),
        (50083, "forbidden"),
        (160005, "forbidden"),
        (200000, "content"),
        (240000, "content"),
        (20016, "limited"),
        (20028, "limited"),
        (30003, "limited"),
        (30046, "limited"),
        (40333, "theirs"),
        (50035, "ours"),
    ],
)
def test_a_code_is_of_one_kind_whatever_its_status(code: int, kind: Kind) -> None:
    status, _ = REFUSALS.get(code, (400, ""))
    assert kind_of(error(status, code)) == kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "ours"), (401, "ours"), (403, "forbidden"), (404, "gone"), (429, "limited"), (502, "theirs")],
)
def test_without_a_known_code_the_status_tells(status: int, kind: Kind) -> None:
    assert kind_of(error(status)) == kind


def test_the_words_differ_by_what_happened_and_say_what_would_help() -> None:
    said = {in_words(error(status, code)) for code, (status, _) in REFUSALS.items()}
    assert len(said) >= len(REFUSALS) - 3
    assert "AutoMod" in in_words(error(400, 200000))
    assert "Leave the link out" in in_words(error(400, 240000))
    assert "slow mode" in in_words(error(429, 20016))
    assert "channels" in in_words(error(400, 30013))
    assert "person" in in_words(error(404, 10007))


def test_a_refused_reference_is_a_message_that_is_gone_and_another_field_is_our_fault() -> None:
    assert kind_of(form_error(message_reference="Unknown message")) == "gone"
    assert "answers is gone" in in_words(form_error(message_reference="Unknown message"))
    assert kind_of(form_error(message_reference="Unknown message", nonce="Too long")) == "ours"
    assert kind_of(form_error(content="Too long")) == "ours"


def test_the_refused_fields_are_named_with_their_reasons() -> None:
    tree = {"embeds": {"0": {"title": {"_errors": [{"code": "X", "message": "Too long."}]}}}}
    assert refused_fields(error(400, 50035, errors=tree)) == {"embeds.0.title": "Too long."}
    assert refused_fields(error(400, 50035)) == {}
    assert refused_fields(error(400, 50006, errors=tree)) == {}


@pytest.mark.parametrize(
    ("status", "code", "closed", "final"),
    [
        (403, 50013, True, True),
        (404, 0, True, True),
        (400, 50083, True, True),
        (400, 200000, False, True),
        (400, 0, False, False),
        (400, 50035, False, True),
        (401, 0, False, False),
        (403, 40333, False, False),
        (429, 0, False, False),
        (502, 0, False, False),
    ],
)
def test_a_closed_place_and_a_final_refusal_are_told_from_what_passes(
    *, status: int, code: int, closed: bool, final: bool
) -> None:
    refused = error(status, code)
    assert (is_closed(refused), is_final(refused)) == (closed, final)
