"""Scheduled rituals: stored, and run once however often a run was missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.files.uninterrupted import uninterrupted
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.tx import Tx
from state.change import Actor, Change
from state.kinds import SCHEDULES
from state.manager import StateManager
from state.rituals import Rituals
from state.rituals import schedule_table as table
from state.rituals.records import RitualCancelled, RitualRecord, RitualRunning, check_steps
from state.rituals.schedule_rules import Rule, stored_rule
from state.rituals.schedule_table import Schedule

__all__ = ["MOST_SCHEDULES", "Schedule", "ScheduleRefused", "Schedules", "UnknownSchedule"]

logger = logging.getLogger(__name__)

MOST_SCHEDULES: Final = 25
# The clock may be set while waiting, so it is checked this often, in seconds.
_LOOK_EVERY_S: Final = 30.0


class UnknownSchedule(HelixError):
    """There is no schedule with this id."""


class ScheduleRefused(HelixError):
    """There are too many schedules, or there is an equal one."""


class Schedules:
    """The schedules and their loop.

    A run's idempotency key is made of the schedule's id and the due time, so a run whose effect was stored is
    not repeated even if that record was lost. Runs missed while Helix was down, or while another ritual ran,
    are made up for by one run.

    Args:
        held: whether automatic runs are held, as while Manus is halted; they are made up for afterwards.
    """

    def __init__(
        self,
        kernel: Kernel,
        manager: StateManager,
        database: Store,
        rituals: Rituals,
        *,
        held: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kernel = kernel
        self._manager = manager
        self._database = database
        self._rituals = rituals
        self._held = held
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._known: dict[int, tuple[Schedule, Rule]] = {}

    @property
    def all(self) -> tuple[Schedule, ...]:
        """All schedules, the next one due first."""
        return tuple(sorted((one for one, _ in self._known.values()), key=lambda one: (one.next_at, one.id)))

    @property
    def held(self) -> bool:
        """Whether due runs are held."""
        return self._held()

    async def load(self) -> None:
        """Reads the stored schedules."""
        await self.reload()
        self._kernel.clock_skew.on_set_back(self._look_again)

    async def reload(self) -> None:
        """Reads the stored schedules; the loop looks at them again."""
        stored = await self._database.read(table.read_all)
        self._known = {schedule.id: (schedule, stored_rule(schedule.rule)) for schedule in stored}
        self._changed.set()

    async def add(self, rule: Rule, steps: int, *, actor: Actor) -> Schedule:
        """Stores a schedule; its first run is the first one due after now.

        Raises:
            WrongSteps: the number of steps is not valid.
            ScheduleRefused: there are 25 already, or there is an equal one.
        """
        check_steps(steps)
        async with self._lock:
            for known, _ in self._known.values():
                if (known.rule, known.steps) == (rule.text, steps):
                    raise ScheduleRefused(f"Schedule {known.id} does that already.")
            if len(self._known) >= MOST_SCHEDULES:
                raise ScheduleRefused(
                    f"The limit of {MOST_SCHEDULES} schedules is reached. Remove one first."
                )
            now = self._kernel.clock.now()
            schedule = Schedule(
                id=0,
                rule=rule.text,
                steps=steps,
                created_at=now,
                next_at=rule.next_after(now, now),
                actor=actor,
            )
            return await uninterrupted(self._keep(schedule, rule))

    async def remove(self, schedule: int, *, actor: Actor) -> Schedule:
        """Deletes a schedule and returns it; a run in progress continues.

        Raises:
            UnknownSchedule: there is none with this id.
        """
        async with self._lock:
            return await uninterrupted(self._forget(self.get(schedule), actor))

    def get(self, schedule: int) -> Schedule:
        """The schedule with this id.

        Raises:
            UnknownSchedule: there is none.
        """
        if schedule not in self._known:
            shown = schedule if abs(schedule) < 10**9 else "with that id"
            known = ", ".join(str(one) for one in sorted(self._known)) or "none"
            raise UnknownSchedule(f"There is no schedule {shown}. Known ids: {known}.")
        return self._known[schedule][0]

    async def run(self) -> None:
        """Runs what is due (supervised)."""
        while True:
            self._changed.clear()
            await self._realign()
            now = self._kernel.clock.now()
            first = next(iter(self.all), None)
            if first is None or self._held() or not self._kernel.drain.accepting:
                await self._wait(_LOOK_EVERY_S)
            elif first.next_at > now:
                await self._wait(min(_LOOK_EVERY_S, (first.next_at - now).total_seconds()))
            else:
                await self._perform(first)

    async def _perform(self, schedule: Schedule) -> None:
        """Starts a due ritual as soon as the engine is free, unless the schedule is removed before."""
        due, actor = schedule.next_at, Actor("schedule")
        key = f"schedule:{schedule.id}:{due.isoformat()}"
        while schedule.id in self._known and not self._held():
            try:
                run = await self._rituals.start(schedule.steps, actor=actor, key=key)
                logger.info("schedule.run schedule=%d ritual=%d", schedule.id, run.id)
                record = await run.wait()
            except RitualRunning:
                await self._rituals.idle()
                continue
            except RitualCancelled as cancelled:
                if not self._kernel.drain.accepting:
                    # A shutdown does not count as a run: the next start finds it missed.
                    return
                record = cancelled.record
                if record.status == "failed":
                    raise
            await self._done(schedule.id, due, record)
            return

    async def _done(self, schedule_id: int, due: datetime, record: RitualRecord) -> None:
        if schedule_id not in self._known:
            return
        schedule, rule = self._known[schedule_id]
        next_at = rule.next_after(self._kernel.clock.now(), schedule.created_at)
        await self._update(
            msgspec.structs.replace(schedule, next_at=next_at, last_at=due, last_ritual=record.id), rule
        )

    async def _look_again(self) -> None:
        self._changed.set()

    async def _realign(self) -> None:
        """Corrects due times that lie too far ahead after the clock was set back."""
        now = self._kernel.clock.now()
        for schedule, rule in tuple(self._known.values()):
            soonest = rule.next_after(now, schedule.created_at)
            if schedule.next_at > soonest:
                logger.warning("schedule.realigned schedule=%d", schedule.id)
                await self._update(msgspec.structs.replace(schedule, next_at=soonest), rule)

    async def _update(self, schedule: Schedule, rule: Rule) -> None:
        await self._database.write(lambda tx: table.update(tx, schedule), kinds=SCHEDULES)
        if schedule.id in self._known:
            self._known[schedule.id] = (schedule, rule)

    async def _wait(self, seconds: float) -> None:
        """Waits, or returns early when a schedule is added or removed."""
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        waking = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waking.cancel()
            await asyncio.wait((sleeping, waking))

    async def _keep(self, schedule: Schedule, rule: Rule) -> Schedule:
        actor = schedule.actor
        kept: list[Schedule] = []

        def also(tx: Tx, *_: object) -> None:
            kept.append(table.insert(tx, schedule))

        row = actor.row("schedule", f"{schedule.rule}, {schedule.steps} steps", after=schedule.rule)
        await self._manager.change_with(lambda _: Change(journal=(row,)), also, kinds=SCHEDULES)
        self._known[kept[-1].id] = (kept[-1], rule)
        self._changed.set()
        return kept[-1]

    async def _forget(self, schedule: Schedule, actor: Actor) -> Schedule:
        row = actor.row("schedule", f"{schedule.rule}, {schedule.steps} steps", before=schedule.rule)
        await self._manager.change_with(
            lambda _: Change(journal=(row,)),
            lambda tx, *_: table.delete(tx, schedule.id),
            kinds=SCHEDULES,
        )
        self._known.pop(schedule.id, None)
        self._changed.set()
        return schedule
