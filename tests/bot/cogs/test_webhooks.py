"""The commands about webhooks with the real client on the sandbox."""

from __future__ import annotations

import pytest

from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("!webhooks", "No event has gone out."),
        ("!webhooks IN", "No event has come in."),
        ("!webhooks subscriptions 2", "Nobody has subscribed."),
        ("!webhooks nonsense", "The lists are in, out, failed, subscriptions."),
        ("!replay failed", "there is nothing to send again"),
        ("!breakers list", "There is no breaker yet"),
        ("!breakers reset", "Which breaker?"),
        ("!breakers trip zapier", "There is no breaker `zapier`"),
    ],
)
async def test_they_say_that_nothing_is_delivered_yet(talk: Talk, line: str, says: str) -> None:
    assert says in text_of(await talk.ask("admin", line))


async def test_a_test_event_reaches_live_listeners_and_is_journalled(
    talk: Talk, running_bot: RunningBot
) -> None:
    heard = running_bot.kernel.broadcaster.subscribe(topics=frozenset({"alerts"}))
    text = text_of(await talk.ask("admin", '!emit alert.raised {"key": "disk", "summary": "a ``` b"}'))
    assert "Handed to 1 live listener, marked as a test." in text
    assert "a ˋˋˋ b" in text
    data = (await anext(heard)).data
    assert (data["type"], data["key"], data["test"]) == ("alert.raised", "disk", True)
    entries = await running_bot.collective.journal.entries(kinds=("event",))
    assert [(entry.subject, entry.cause) for entry in entries] == [("alert.raised", "command")]
    assert running_bot.collective.alerts.open() == ()


async def test_arguments_are_completed(talk: Talk) -> None:
    assert await talk.complete("mod", "webhooks", "view", "") == ["in", "out", "failed", "subscriptions"]
    assert await talk.complete("admin", "replay", "target", "f") == ["failed"]
    assert await talk.complete("admin", "emit", "event", "ritual") == ["ritual.completed"]
    assert await talk.complete("mod", "emit", "event", "") == []
