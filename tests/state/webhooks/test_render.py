"""What Discord's webhooks are sent stays within what Discord takes, whatever the event says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.webhooks.sending import Message
from state.events import OUT_EVENTS
from state.webhooks.render import render

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3_000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=40), inner, max_size=4),
    max_leaves=12,
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def embed_of(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    payload = msgspec.json.encode({"type": kind, "timestamp": "2026-01-01T12:00:00Z", "data": data})
    body = msgspec.json.decode(render("discord", Message(id="msg_" + "0" * 32, type=kind, payload=payload)))
    assert body["allowed_mentions"] == {"parse": []}
    (embed,) = body["embeds"]
    found: dict[str, Any] = embed
    return found


@given(st.dictionaries(st.text(max_size=300), _JSON, max_size=40))
def test_the_limits_of_an_embed_are_kept(data: dict[str, Any]) -> None:
    embed = embed_of("alert.raised", data)
    fields = embed["fields"]
    assert len(fields) <= 25
    for field in fields:
        assert 1 <= units(field["name"]) <= 256
        assert 1 <= units(field["value"]) <= 1_024
        assert field["name"].strip()
        assert field["value"].strip()
    total = len(embed["title"]) + len(embed["description"]) + len(embed["footer"]["text"])
    assert total + sum(units(field["name"]) + units(field["value"]) for field in fields) <= 6_000


def test_long_content_is_shown_up_to_the_limit() -> None:
    embed = embed_of("report.ready", {f"part_{number}": "x" * 5_000 for number in range(30)})
    assert len(embed["fields"]) == 6
    assert embed["fields"][0]["value"].endswith("…")
    assert embed["fields"][0]["name"] == "part 0"


@pytest.mark.parametrize("kind", OUT_EVENTS)
def test_every_event_has_something_to_show(kind: str) -> None:
    embed = embed_of(kind, dict(OUT_EVENTS[kind].sample))
    assert embed["title"] == kind
    assert embed["fields"]


def test_outside_text_is_escaped_and_empty_values_are_left_out() -> None:
    embed = embed_of(
        "alert.raised", {"summary": "[ours](https://evil.example)", "metric": None, "detail": " "}
    )
    (field,) = embed["fields"]
    assert field["value"] == r"\[ours](https\://evil.example)"


def test_others_get_the_payload_as_it_was_signed_for() -> None:
    message = Message(id="msg_1", type="x", payload=b'{"as":"it is"}')
    assert render("webhook", message) == render("zapier", message) == message.payload
