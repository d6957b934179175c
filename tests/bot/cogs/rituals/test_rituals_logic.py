"""The commands about rituals through dpytest: their logic from the line to the reply, without a socket."""

from __future__ import annotations

from pathlib import Path

import discord
import discord.ext.test as dpytest
import msgspec
import pytest

from bot.parts import HelixBot
from core.runtime.kernel import Kernel, build_kernel
from core.settings import load_settings
from state.change import SYSTEM, Change
from state.rituals.schedule_rules import parse_rule
from tests.bot.cogs.logic import reply_to
from tests.manual_clock import ManualClock

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    variables = {"HELIX_DATA_DIR": str(tmp_path), "RITUAL_STEP_S": "0.001"}
    return build_kernel(load_settings(variables, None).settings, clock)


async def last_of(line: str) -> str:
    """The text of the reply to a line after its last edit."""
    await dpytest.message(line)
    sent: discord.Message = dpytest.sent_queue.get_nowait()
    edited = await sent.channel.fetch_message(sent.id)
    return edited.embeds[0].description or ""


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!ritual 0", "from 1 to 1000"),
        ("!ritual x", "`steps` must be a whole number."),
        ("!rituals", "There is no ritual yet"),
        ("!rituals 3", "There is 1 page, but no page 3."),
        ("!folklore", "0 anomalies · 0 legends · 0 hymns · 0 laws"),
        ("!folklore echoes", "Not met yet."),
        ("!lore dragon", "There is no entry called"),
        ("!schedule", "No schedule yet."),
        ("!schedule add 0 6 * * MON 12", "`0 6 * * MON`, 12 steps each."),
        ('!schedule add "0 6 * * *"', "`0 6 * * *`, 108 steps each."),
        ("!schedule remove 1", "There is no schedule 1. Known ids: none."),
    ],
)
async def test_an_owner_gets_the_answer(line: str, said: str) -> None:
    assert said in await reply_to(line)


async def test_the_result_of_a_ritual_shows_what_it_changed(logic_bot: HelixBot) -> None:
    assert "Done: 12 steps" in await last_of("!z88 12")
    assert logic_bot.collective.manager.snapshot.source == "ritual"


async def test_harmony_rises_once_in_ten_minutes(logic_bot: HelixBot, clock: ManualClock) -> None:
    assert "**harmony** `0.50` → `0.60`" in await last_of("!neti-neti")
    assert "Try again <t:" in await reply_to("!harmony")
    clock.advance(601)
    assert "**harmony** `0.60` → `0.70`" in await last_of("!harmony")
    assert "Harmony is 0.70" in await reply_to("!harmony")
    assert await logic_bot.collective.rituals.count() == 2


async def test_with_a_good_harmony_nothing_is_done(logic_bot: HelixBot) -> None:
    await logic_bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=1.1), source="tune")
    )
    assert "nothing to raise" in await reply_to("!harmony")


async def test_a_schedule_is_listed_with_its_next_run(logic_bot: HelixBot, clock: ManualClock) -> None:
    schedules = logic_bot.collective.schedules
    schedule = await schedules.add(parse_rule("every 6h", clock.now()), 27, actor=SYSTEM)
    text = await reply_to("!schedule list")
    assert "**1** `every 6h` · 27 steps" in text
    assert f"next <t:{int(schedule.next_at.timestamp())}:f> · not run yet" in text


@pytest.mark.usefixtures("logic_bot")
async def test_a_member_may_not_schedule() -> None:
    assert "needs someone with Manage Server" in await reply_to("!schedule", member=1)
