"""What a week brought is counted from the journal, within its bounds and without names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from core.settings import Settings
from state.change import SYSTEM, Actor, Change, JournalRow
from state.collective import Collective
from state.views.week import fetch_week
from tests.bot.support import opened_collective
from tests.manual_clock import DEFAULT_START, ManualClock

ADA = Actor("command", "Ada", 7)
WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def collective(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    settings = Settings(data_dir=tmp_path, ritual_step_s=0.0)
    async with opened_collective(settings, clock) as (_, opened):
        yield opened


async def test_everything_of_the_week_is_counted_and_nothing_else(
    collective: Collective, clock: ManualClock
) -> None:
    manager = collective.manager
    await manager.record(ADA.row("backup", "too early", after={"id": 1, "size_bytes": 5}))
    clock.advance(3600)
    since = clock.now()
    clock.advance(60)
    await manager.change(
        lambda old: Change(
            ucf=msgspec.structs.replace(old.ucf, harmony=0.8),
            journal=(ADA.row("ucf", "harmony", before=0.5, after=0.8),),
            source="tune",
        )
    )
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, zoom=1.1), source="file"))
    await manager.record(
        ADA.row("ritual", "1", after={"status": "done"}),
        ADA.row("ritual", "2", after={"status": "done"}),
        ADA.row("ritual", "3", after={"status": "cancelled"}),
        JournalRow(kind="folklore", subject="flare", cause="ritual", before=None, after="legend"),
        JournalRow(kind="folklore", subject="void", cause="command", before="law", after="legend"),
        JournalRow(kind="agent", subject="Gemini", cause="system", before="active", after="down"),
        JournalRow(kind="agent", subject="Gemini", cause="system", before="down", after="active"),
        JournalRow(kind="agent", subject="Aether", cause="system", before="active", after="down"),
        ADA.row("directive", "Manus", after={"status": "done", "task": "backup"}),
        ADA.row("backup", "b.zip", after={"id": 2, "size_bytes": 5}),
        ADA.row("backup", "b.zip", before="good", after="good"),
        ADA.row("backup", "backup 3", after="failed"),
    )
    first = await collective.alerts.raise_("disk.full", "critical", "The disk is full")
    await collective.alerts.raise_("disk.full", "critical", "The disk is very full")
    await collective.alerts.ack(first.id, ADA)
    await collective.alerts.raise_("net.slow", "warning", "The net is slow")
    await collective.alerts.clear("disk.full", SYSTEM)
    clock.advance(3600)
    until = clock.now()
    await manager.record(ADA.row("ritual", "4", after={"status": "done"}))
    week = await fetch_week(collective, since, until)
    assert week.before is not None
    assert week.after is not None
    assert (week.before.harmony, week.after.harmony) == (0.5, 0.8)
    assert week.rituals == {"done": 2, "cancelled": 1}
    assert week.promotions == (("flare", "legend"),)
    assert (week.alerts_raised, week.alerts_cleared) == (2, 1)
    assert week.directives == {"done": 1}
    assert list(week.agents.items()) == [("Gemini", 2), ("Aether", 1)]
    assert (week.tunes, week.edits) == (1, 1)
    assert (week.backups_made, week.backups_failed) == (1, 1)
    assert "Ada" not in msgspec.json.encode(week).decode()


async def test_a_week_before_all_history_is_empty(collective: Collective) -> None:
    week = await fetch_week(collective, DEFAULT_START - 2 * WEEK, DEFAULT_START - WEEK)
    assert week.before is None
    assert week.after is None
    assert (week.rituals, week.agents, week.tunes, week.alerts_raised) == ({}, {}, 0, 0)


async def test_a_week_in_which_the_history_begins_starts_with_its_first_value(
    collective: Collective, clock: ManualClock
) -> None:
    clock.advance(60)
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, drishti=0.9), source="tune")
    )
    week = await fetch_week(collective, DEFAULT_START - WEEK, DEFAULT_START + WEEK)
    assert week.before is not None
    assert week.after is not None
    assert (week.before.drishti, week.after.drishti) == (0.5, 0.9)
