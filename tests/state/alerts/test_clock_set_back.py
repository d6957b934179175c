"""A clock that was ahead and is corrected strands nothing, neither at the next start nor while it runs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec

from state.change import Actor
from state.events import find_incoming
from state.rituals.schedule_rules import stored_rule
from tests.manual_clock import ManualClock
from tests.state.webhook_world import WebhookWorld, opened

AHEAD_S = 7200.0
EVENTS = 20


async def accept(world: WebhookWorld) -> list[str]:
    data, kind = msgspec.json.encode({"shift": {"harmony": 0.01}, "reason": "x"}), find_incoming("ucf.update")
    return [(await world.webhooks.accept(kind, data, None)).id for _ in range(EVENTS)]


async def handled(world: WebhookWorld, events: list[str]) -> None:
    for event in events:
        assert (await world.tried(event)).status == "done"
    assert round(world.collective.manager.snapshot.ucf.harmony, 6) == 0.5 + 0.01 * EVENTS


async def test_events_accepted_while_the_clock_was_ahead_are_handled_after_a_start(tmp_path: Path) -> None:
    clock = ManualClock()
    clock.set(AHEAD_S)
    async with opened(tmp_path, clock, supervised=False) as world:
        events = await accept(world)
    clock.set(-AHEAD_S)
    async with opened(tmp_path, clock) as world:
        await handled(world, events)


async def test_events_accepted_while_the_clock_was_ahead_are_handled_once_it_is_set_back(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    clock.set(AHEAD_S)
    async with opened(tmp_path, clock, supervised=False) as world:
        events = await accept(world)
        clock.set(-AHEAD_S)
        world.kernel.supervisor.start()
        await handled(world, events)


async def test_a_schedule_of_a_clock_ahead_runs_within_its_span(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock) as world:
        schedules = world.collective.schedules
        clock.set(AHEAD_S)
        rule = stored_rule("every 10m")
        schedule = await schedules.add(rule, 1, actor=Actor("command"))
        clock.set(-AHEAD_S)
        async with asyncio.timeout(40):
            while schedules.get(schedule.id).next_at > clock.now() + timedelta(minutes=10):
                await asyncio.sleep(0.005)
