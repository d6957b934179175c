"""What is said of what GitHub sends: whole, and with nothing lost that is to be announced."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import discord
import msgspec
import pytest

from bot.effects.deployments import build_announcement
from bot.text import embeds
from sandbox.errors import FormErrors
from sandbox.forms.embeds import check_embeds
from state.events import IN_EVENTS, parse_data
from state.webhooks.github import announced_part
from tests.bot.effects.github_payloads import (
    ANNOUNCED,
    KINDS,
    PUSH,
    RELEASE,
    SAMPLES,
    WORKFLOW_RUN,
    Payload,
    any_of,
)


def run_with(**changes: object) -> Payload:
    return {**WORKFLOW_RUN, "workflow_run": {**WORKFLOW_RUN["workflow_run"], **changes}}


def announced(event: str, payload: Payload) -> discord.Embed:
    card = build_announcement(event, payload)
    assert card is not None
    return card


def test_each_kind_is_said_in_full() -> None:
    cards = {kind: announced(kind, SAMPLES[kind]) for kind in ANNOUNCED}
    assert {kind: (card.title, card.description, card.url) for kind, card in cards.items()} == {
        "push": (
            "⬆️ acme/tools: 2 to main",
            "`0000000` Mend it\n`0000000` Test it",
            "https://github.com/acme/tools/compare/aaaaaaaaaaaa...bbbbbbbbbbbb",
        ),
        "release": (
            "🚀 acme/tools v1.2.3", "The third", "https://github.com/acme/tools/releases/tag/v1.2.3"
        ),
        "workflow_run": (
            "🟢 acme/tools: Tests", "**success** on main", "https://github.com/acme/tools/actions/runs/7"
        ),
    }  # fmt: skip
    assert {card.footer.text for card in cards.values()} == {"by ann"}


@pytest.mark.parametrize("name", [None, "", " "])
def test_a_run_without_a_name_is_called_like_its_workflow_or_the_workflows_file(name: str | None) -> None:
    payload = run_with(name=name)
    assert announced("workflow_run", payload).title == "🟢 acme/tools: Tests"
    assert announced("workflow_run", {**payload, "workflow": None}).title == "🟢 acme/tools: tests.yml"
    nameless = {**run_with(name=name, path=None), "workflow": None}
    assert announced("workflow_run", nameless).title == "🟢 acme/tools: a workflow"


@pytest.mark.parametrize(
    ("conclusion", "dot", "said"),
    [
        ("success", "🟢", "success"), ("failure", "🔴", "failure"), ("timed_out", "🔴", "timed out"),
        ("startup_failure", "🔴", "startup failure"), ("cancelled", "🟡", "cancelled"),
        ("action_required", "🟡", "action required"), ("stale", "🟡", "stale"),
        ("neutral", "⚪", "neutral"), ("skipped", "⚪", "skipped"), (None, "⚪", "finished"),
        ("new_one", "🟡", "new one"),
    ],
)  # fmt: skip
def test_each_conclusion_has_its_dot_and_its_words(conclusion: str | None, dot: str, said: str) -> None:
    card = announced("workflow_run", run_with(conclusion=conclusion))
    assert (card.title, card.description) == (f"{dot} acme/tools: Tests", f"**{said}** on main")


@pytest.mark.parametrize(
    "url",
    [
        None, "", "x", "https://", "https:///x", "https://[x", "https://git hub.com/", "https://github.com:x/",
        "https://github.com:99999/", "https://github.com/a b", "https://github.com/\nx", "http://github.com/x",
        "https://localhost/x", "javascript:alert(1)", "https://github.com/<x>", "https://github.com/%zz",
        "https://github.com/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_an_address_that_discord_would_refuse_costs_the_link_and_not_the_announcement(url: object) -> None:
    card = announced("push", {**PUSH, "compare": url})
    assert (card.title, card.url) == ("⬆️ acme/tools: 2 to main", None)


@pytest.mark.parametrize(
    "url",
    [
        "https://ghe.acme.example:8443/o/r/compare/a...b",
        "https://github.com/o/r/compare/feature%2Fx...y?w=1#top",
    ],
)
def test_another_good_address_is_linked(url: str) -> None:
    assert announced("push", {**PUSH, "compare": url}).url == url


def test_a_commit_without_an_id_or_a_message_is_still_a_line() -> None:
    commits: list[Any] = [
        {"id": "abcdefghij"},
        {"message": "x"},
        {},
        {"message": "\r\nlate\r\nmore", "id": 5},
    ]
    card = announced("push", {**PUSH, "commits": commits})
    assert card.description is not None
    assert card.description.splitlines() == [
        "`abcdefg` (without a message)", "x", "(without a message)", "late"
    ]  # fmt: skip


def test_long_names_leave_room_for_what_stands_beside_them() -> None:
    push = announced("push", {**PUSH, "ref": "refs/heads/" + "b" * 250})
    assert push.title is not None
    assert push.title.startswith("⬆️ acme/tools: 2 to bbb")
    assert push.title.endswith("…")
    release = announced("release", {**RELEASE, "release": {**RELEASE["release"], "tag_name": "_" * 250}})
    assert release.title is not None
    assert not release.title.endswith("_")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["created", "deleted", "requested", "edited"])
def test_every_kind_is_taken_and_the_others_are_not_announced(kind: str, action: str) -> None:
    payload = any_of(kind, action)
    parse_data(IN_EVENTS["github"], {"event": kind, "payload": payload})
    assert build_announcement(kind, payload) is None


def changed(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each payload in which one thing, however deep, is null, missing, or of another type."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        for other in (None, "", " ", 0, True, [], {}, ["x"], {"x": None}, "_*`~|<@1>[x](y)" * 20):
            one = copy.copy(value)
            one[key] = other
            yield (*path, key), one
        if isinstance(value, dict):
            yield (*path, key), {name: kept for name, kept in value.items() if name != key}
        for place, inner in changed(value[key], (*path, key)):
            one = copy.copy(value)
            one[key] = inner
            yield place, one


@pytest.mark.parametrize("kind", ANNOUNCED)
def test_whatever_is_missing_or_odd_the_announcement_is_whole_and_discord_takes_it(kind: str) -> None:
    decides = {("action",), ("deleted",), ("commits",)}
    for path, payload in changed(SAMPLES[kind]):
        sent = msgspec.json.decode(msgspec.json.encode(payload))
        card = build_announcement(kind, sent)
        # What is kept of it says the same.
        assert build_announcement(kind, announced_part(kind, sent)) == card, path
        if path in decides:
            continue
        assert card is not None, path
        embeds.check(None, [card])
        check_embeds(FormErrors(), [dict(card.to_dict())])
        shown = f"{card.title}\n{card.description or ''}\n{card.footer.text or ''}"
        assert "None" not in shown, path
        assert "****" not in shown, path
        assert not any(line.rstrip().endswith((":", " on", " to", "by")) for line in shown.splitlines()), path
