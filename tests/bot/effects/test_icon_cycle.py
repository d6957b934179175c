"""The cycling icon: its turns, and what ends or delays them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.effects.icon_cycle import IconCycle
from bot.servers.icons import EVERY, IconRecord, Icons, key_of
from core.runtime.worker import WorkerFailed
from sandbox import Sandbox
from sandbox.cdn import flat_png
from state.change import Actor
from tests.bot.support import RunningBot, running
from tests.manual_clock import ManualClock

ADMIN = Actor("command", "Ada", 5)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def started(sandbox: Sandbox, tmp_path: Path, clock: ManualClock) -> AsyncIterator[RunningBot]:
    async with running(sandbox, tmp_path, clock=clock) as bot:
        yield bot


def guild_of(started: RunningBot) -> discord.Guild:
    guild = started.bot.get_guild(started.sandbox.home_guild_id)
    assert guild is not None
    return guild


async def cycle_on(started: RunningBot, clock: ManualClock) -> Icons:
    icons = Icons(started.bot)
    await icons.switch(guild_of(started), clock.now() + EVERY, ADMIN)
    return icons


def server(started: RunningBot) -> Any:
    return started.sandbox.engine.world.guilds[started.sandbox.home_guild_id]


async def test_a_turn_comes_within_a_day_though_the_clock_was_ahead(
    started: RunningBot, clock: ManualClock
) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)
    clock.set(-7200)
    await cycle.look()
    assert (await icons.find(guild_of(started).id)).next_at == clock.now() + EVERY
    clock.advance(EVERY.total_seconds())
    await cycle.look()
    assert server(started).icon is not None


async def test_a_turn_is_taken_when_it_is_due_and_not_before(started: RunningBot, clock: ManualClock) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)
    await cycle.look()
    assert server(started).icon is None
    clock.advance(EVERY.total_seconds())
    await cycle.look()
    first = server(started).icon
    record = await icons.find(guild_of(started).id)
    assert (record.mode, record.ours, record.next_at) == ("mandelbrot", first, clock.now() + EVERY)
    await cycle.look()
    assert server(started).icon == first


async def test_missed_turns_are_taken_once_after_a_restart(
    sandbox: Sandbox, tmp_path: Path, clock: ManualClock
) -> None:
    async with running(sandbox, tmp_path, clock=clock) as started:
        await cycle_on(started, clock)
        scope, kept = (
            started.bot.remember_scope,
            await started.bot.key_values.items(f"{started.bot.remember_scope}#icons"),
        )
        assert kept
        clock.advance(5 * EVERY.total_seconds())
        # Each sandbox is a new Discord, so what a restart keeps is put back by hand.
    async with running(sandbox, tmp_path, clock=clock) as started:
        for key, value in kept.items():
            await started.bot.key_values.set(f"{scope}#icons", key, value)
        cycle = IconCycle(started.bot)
        await cycle.look()
        await cycle.look()
        record = await Icons(started.bot).find(guild_of(started).id)
        assert record.mode == "mandelbrot"
        assert record.next_at == clock.now() + EVERY


async def test_the_modes_come_one_after_another(started: RunningBot, clock: ManualClock) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)
    seen = []
    for _ in range(5):
        clock.advance(EVERY.total_seconds())
        await cycle.look()
        seen.append((await icons.find(guild_of(started).id)).mode)
        await wait_for_icon(started)
    assert seen == ["mandelbrot", "julia", "ouroboros", "mandala", "mandelbrot"]


async def wait_for_icon(started: RunningBot) -> None:
    """Until the client has heard of the icon that the server has."""
    if key_of(guild_of(started)) != server(started).icon:
        await started.bot.wait_for(
            "guild_update", check=lambda _, after: key_of(after) == server(started).icon, timeout=5
        )


async def test_a_foreign_icon_stays_and_ends_the_cycle(started: RunningBot, clock: ManualClock) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)
    await guild_of(started).edit(icon=flat_png(0x1C7156, 64))
    await wait_for_icon(started)
    foreign = server(started).icon
    clock.advance(EVERY.total_seconds())
    await cycle.look()
    await cycle.look()
    record = await icons.find(guild_of(started).id)
    assert server(started).icon == foreign
    assert record.next_at is None
    assert "someone set another icon" in (record.trouble or "")
    rows = await started.collective.journal.entries(kinds=("icon",))
    assert [row.after for row in rows] == ["off", "on"]


async def test_without_permission_it_says_so_once_and_tries_a_day_later(
    started: RunningBot, clock: ManualClock
) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)
    for role in guild_of(started).me.roles:
        role._permissions &= ~(1 << 5)
    for _ in range(2):
        clock.advance(EVERY.total_seconds())
        await cycle.look()
        await cycle.look()
    record = await icons.find(guild_of(started).id)
    assert "Manage Server" in (record.trouble or "")
    assert record.next_at == clock.now() + EVERY
    assert len(await started.collective.journal.entries(kinds=("icon",))) == 2
    assert started.kernel.worker.jobs == 0


async def test_a_server_that_the_bot_has_left_ends_its_cycle(started: RunningBot, clock: ManualClock) -> None:
    icons = await cycle_on(started, clock)
    started.bot._connection._remove_guild(guild_of(started))
    clock.advance(EVERY.total_seconds())
    await IconCycle(started.bot).look()
    record = await icons.find(started.sandbox.home_guild_id)
    assert record.next_at is None
    assert "no longer in that server" in (record.trouble or "")


async def test_a_server_that_is_out_of_reach_keeps_its_turn(started: RunningBot, clock: ManualClock) -> None:
    icons = await cycle_on(started, clock)
    guild_of(started).unavailable = True
    clock.advance(EVERY.total_seconds())
    await IconCycle(started.bot).look()
    record = await icons.find(started.sandbox.home_guild_id)
    assert (record.next_at, record.trouble) == (clock.now(), None)


async def test_a_turn_that_fails_is_tried_again_soon(
    started: RunningBot, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    icons, cycle = await cycle_on(started, clock), IconCycle(started.bot)

    async def fail(*_: object, **__: object) -> bytes:
        raise WorkerFailed("broken")

    clock.advance(EVERY.total_seconds())
    with monkeypatch.context() as broken:
        broken.setattr(started.kernel.worker, "run", fail)
        await cycle.look()
    record = await icons.find(guild_of(started).id)
    assert record.next_at == clock.now() + timedelta(minutes=15)
    clock.advance(900)
    await cycle.look()
    assert (await icons.find(guild_of(started).id)).mode == "mandelbrot"


@pytest.mark.parametrize(
    ("record", "key", "foreign"),
    [
        (IconRecord(), None, False),
        (IconRecord(), "a", True),
        (IconRecord(ours="a"), "a", False),
        (IconRecord(ours="a"), "b", True),
        # A crash after Discord had taken it, before it was remembered.
        (IconRecord(ours="a", replacing="a"), "b", False),
        (IconRecord(replacing=""), "b", False),
        # A crash before Discord had taken it.
        (IconRecord(replacing="c"), "c", True),
        (IconRecord(ours="a", replacing="a"), "a", False),
    ],
)
def test_whose_an_icon_is(record: IconRecord, key: str | None, foreign: bool) -> None:
    assert record.is_foreign(key) is foreign


async def test_a_kill_between_an_icon_and_its_note_leaves_it_ours(
    started: RunningBot, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    icons, keep = await cycle_on(started, clock), Icons._keep

    async def die_after_the_edit(icons: Icons, guild_id: int, record: IconRecord) -> None:
        if record.ours is not None:
            raise asyncio.CancelledError
        await keep(icons, guild_id, record)

    with monkeypatch.context() as dying:
        dying.setattr(Icons, "_keep", die_after_the_edit)
        with pytest.raises(asyncio.CancelledError):
            await icons.replace(guild_of(started), "julia", ADMIN)
    assert server(started).icon is not None
    assert not (await icons.find(guild_of(started).id)).is_foreign(server(started).icon)
