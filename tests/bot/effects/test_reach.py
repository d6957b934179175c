"""What the check of a duty's channel says, as Discord takes or refuses what is due there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.effects._reach import Reach
from core.health import Check
from sandbox.codes import REFUSALS
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.manual_clock import ManualClock

CHANNEL = 123456789012345678


def refusal(code: int) -> discord.HTTPException:
    status, message = REFUSALS[code]
    response = cast("Any", SimpleNamespace(status=status, reason="for a test"))
    return discord.HTTPException(response, {"code": code, "message": message})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def bot(start_bot: StartBot, clock: ManualClock) -> RunningBot:
    return await start_bot(clock=clock, digest_channel_id=0)


@pytest.fixture
def reach(bot: RunningBot) -> Reach:
    bot.bot.duties._set["digest"] = CHANNEL
    return Reach(bot.bot, "digest")


def check(bot: RunningBot) -> Check:
    found = bot.kernel.health.get("digest-channel")
    assert found is not None
    return found


def test_what_fails_for_minutes_is_said_and_passes_once_nothing_is_late(
    bot: RunningBot, reach: Reach, clock: ManualClock
) -> None:
    reach.delayed(aiohttp.ClientConnectionError())
    clock.advance(299)
    reach.delayed(refusal(40333))
    assert bot.kernel.health.get("digest-channel") is None
    clock.advance(1)
    reach.delayed(refusal(40333))
    assert check(bot).status == "warn"
    assert check(bot).reason == "posts to the digest channel have failed for minutes"
    assert "Cloudflare" in check(bot).action
    reach.caught_up()
    assert check(bot).status == "pass"
    clock.advance(300)
    reach.delayed(refusal(40333))
    assert check(bot).status == "pass"


def test_a_closed_channel_says_why_and_is_left_alone_until_it_is_chosen_anew(
    bot: RunningBot, reach: Reach
) -> None:
    reach.refused(CHANNEL, refusal(50083))
    assert reach.channel_id() is None
    assert check(bot).reason == "the digest channel cannot be written to"
    assert check(bot).action.startswith("That thread is archived.")
    reach.caught_up()
    assert check(bot).status == "warn"
    reach.chosen_anew()
    assert reach.channel_id() == CHANNEL
    assert check(bot).status == "pass"
