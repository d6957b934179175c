"""Rituals outside the home server: how long, how often, and who stops them."""

from __future__ import annotations

import pytest

from sandbox import Sandbox
from tests.bot.cogs.rituals.ritual_talk import elsewhere
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.manual_clock import ManualClock


@pytest.mark.parametrize("dm", [True, False], ids=["direct message", "other server"])
async def test_a_ritual_away_from_home_has_at_most_108_steps(
    talk: Talk, running_bot: RunningBot, sandbox: Sandbox, dm: bool
) -> None:
    channel = None if dm else elsewhere(sandbox)
    refused = await talk.ask("visitor-admin", "!ritual 109", channel=channel, dm=dm)
    assert "at most 108 steps" in text_of(refused)
    assert running_bot.collective.rituals.newest is None
    shown = await talk.ask("visitor-admin", "!ritual", channel=channel, dm=dm)
    await talk.edited(shown, lambda one: "Done: 108 steps" in text_of(one))


async def test_away_from_home_each_person_begins_one_ritual_in_ten_minutes(
    hear: Talk, start_bot: StartBot
) -> None:
    clock = ManualClock()
    bot = await start_bot(ritual_step_s=30.0, clock=clock)
    await hear.ask("visitor-admin", "!ritual 3", dm=True)
    await bot.collective.rituals.close()
    again = text_of(await hear.ask("visitor-admin", "!ritual 3", dm=True))
    assert "You can begin the next one <t:" in again
    assert "Ritual 2" in text_of(await hear.ask("member", "!ritual 3", dm=True))
    await bot.collective.rituals.close()
    # The limits do not apply to the same person at home.
    assert "Ritual 3" in text_of(await hear.ask("member", "!ritual 109"))
    await bot.collective.rituals.close()
    clock.advance(600)
    assert "Ritual 4" in text_of(await hear.ask("visitor-admin", "!ritual 3", dm=True))


async def test_a_mod_stops_a_ritual_that_runs_in_a_direct_message(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    await talk.ask("visitor-admin", "!ritual 108", dm=True)
    busy = text_of(await talk.ask("mod", "!ritual 3"))
    assert "/rituals" in busy or "!rituals" in busy
    shown = await talk.ask("mod", "!rituals")
    await talk.press("mod", shown, "Stop 1")
    await talk.edited(shown, lambda one: "Cancelled at step 0 of 108" in text_of(one))
    assert started.collective.rituals.running is None


async def test_the_log_offers_stop_to_those_who_may(slow: tuple[RunningBot, Talk]) -> None:
    _, talk = slow
    await talk.ask("owner", "!ritual 27")
    for user, offered in (("member", False), ("mod", True), ("owner", True)):
        labels = [item.get("label") for item in items(await talk.ask(user, "!rituals"))]
        assert ("Stop 1" in labels) is offered
