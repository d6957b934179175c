"""Rituals step by step, on the clock of the test."""

from __future__ import annotations

import asyncio

from state.change import Actor
from state.rituals import Rituals
from state.rituals.records import RitualRecord
from tests.manual_clock import ManualClock

ANA = Actor("command", "Ana", 7)


BEN = Actor("command", "Ben", 8)


async def step(clock: ManualClock, steps: int) -> None:
    """Let so many steps pass."""
    for _ in range(steps):
        await clock.until_sleeping()
        clock.advance(0.1)
        await asyncio.sleep(0)


async def perform(rituals: Rituals, steps: int = 12) -> RitualRecord:
    return await (await rituals.start(steps, actor=ANA)).wait()
