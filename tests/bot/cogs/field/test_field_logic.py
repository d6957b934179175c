"""The logic of the field's commands on dpytest: from line to reply."""

from __future__ import annotations

import pytest

from bot.parts import HelixBot
from tests.bot.cogs.logic import reply_to


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!ucf", "**zoom** scope, good"),
        ("!field KLESHA", "good 0 to 0.3 · critical above 0.7"),
        ("!ucf mood", "There is no metric called `mood`"),
        ("!alerts", "No alert is open."),
        ("!alerts ack 1", "There is no alert 1."),
        ("!alerts ack", "Which alert?"),
        ("!alerts mute harmony 2h", "Alerts for **harmony** are muted until"),
        ("!alerts mute harmony off", "**harmony** was not muted."),
        ("!alerts mute harmony 90d", "Choose a time from 1 minute to 30 days."),
        ("!alerts burn", "There is no action called `burn`"),
        ("!tune harmony 0.6", "0.50 → **0.60** (↗ +0.10)"),
        ("!tune harmony 0.5", "harmony** is already 0.50: nothing was changed."),
        ("!tune harmony 2.5", "harmony goes from 0 to 2, and 2.5 is outside. Nothing was changed."),
        ("!tune klesha -0.5", "0.1 - 0.5 would be -0.4"),
        ("!trend mood", "There is no metric called `mood`"),
    ],
)
async def test_a_line_gets_its_reply(logic_bot: HelixBot, line: str, said: str) -> None:
    del logic_bot
    assert said in await reply_to(line)


async def test_a_member_may_neither_tune_nor_acknowledge(logic_bot: HelixBot) -> None:
    del logic_bot
    assert "needs an administrator" in await reply_to("!tune harmony 1", member=1)
    assert "needs someone with Manage Server" in await reply_to("!alerts ack 1", member=1)


async def test_a_mute_shows_in_the_list_and_the_value(logic_bot: HelixBot) -> None:
    del logic_bot
    await reply_to("!alerts mute klesha 2h")
    assert "🔕 klesha is muted until" in await reply_to("!alerts")
    assert "🔕 Its alerts are muted until" in await reply_to("!ucf klesha")
    assert "are posted again" in await reply_to("!alerts mute klesha off")
