"""Dice, coins and fortunes through dpytest: from the line to the reply, without a socket."""

import pytest

from tests.bot.cogs.logic import reply_to
from tests.manual_clock import ManualClock

pytestmark = pytest.mark.unmeasured


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!8ball Will it hold?", "> Will it hold?"),
        ("!8ball ?", "Ask something in words"),
        ("!roll 3d1+4", "🎲 7"),
        ("!roll 2d1-1d1kl1", "🎲 1"),
        ("!dice 3", "there is no die in it"),
        ("!flip 100", "100 coins"),
        ("!coinflip 0", "from 1 to 100"),
        ("!horoscope aries", "Begin, and look back once"),
        ("!fortune", "**Companion**"),
        ("!fortune dragon", "There is no sign called"),
        ("!vibe-check", "**Field** 61"),
    ],
)
async def test_a_member_gets_the_answer(line: str, said: str) -> None:
    assert said in await reply_to(line, member=1)


@pytest.mark.usefixtures("logic_bot")
async def test_a_vibe_stays_until_midnight_and_then_changes(clock: ManualClock) -> None:
    until_midnight_s = 12 * 3600
    noon = await reply_to("!vibe-check", member=1)
    clock.advance(until_midnight_s - 1)
    assert await reply_to("!vibe-check", member=1) == noon
    clock.advance(1)
    assert await reply_to("!vibe-check", member=1) != noon
