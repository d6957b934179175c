"""The Z-88 engine: runs one ritual at a time, stored before it begins and applied once at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from core.files.uninterrupted import uninterrupted
from core.health import Reading
from core.health.threshold import warns_when
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.tx import Tx
from state.change import SYSTEM, Actor, Change
from state.events import RitualCompleted
from state.kinds import RITUALS
from state.manager import StateManager
from state.models import Snapshot
from state.rituals import ritual_table as table
from state.rituals._archive import RitualArchive
from state.rituals._progress import OnStep, Run
from state.rituals.changes import applied, early_end, ground_of
from state.rituals.records import RitualRecord, RitualRunning, RitualStatus, RunningRitual, check_steps
from state.rituals.rules import ALGORITHM, RitualKind, draw

__all__ = ["Rituals", "Run"]

logger = logging.getLogger(__name__)

TAG: Final = "rituals"
# Least seconds between two progress messages to subscribers.
PROGRESS_EVERY_S: Final = 1.0


class Rituals(RitualArchive):
    """Runs rituals. Their changes are applied to the newest state, so edits made meanwhile are kept.

    Attributes:
        last: the newest ritual that has ended, whatever its status.
    """

    def __init__(
        self,
        kernel: Kernel,
        manager: StateManager,
        database: Store,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(database)
        self._kernel = kernel
        self._manager = manager
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._announced_at = 0.0
        self.last: RitualRecord | None = None

    @property
    def running(self) -> RunningRitual | None:
        """The running ritual; None if there is none. Only the process that runs it counts its steps."""
        if self._run is not None:
            return self._run.now()
        return None if self._elsewhere is None else Run(self._elsewhere, ()).now()

    @property
    def newest(self) -> RunningRitual | RitualRecord | None:
        """The running ritual, else the last one; None if there was none."""
        return self.running or self.last

    async def load(self) -> tuple[RitualRecord, ...]:
        """Marks rituals that a crash interrupted, returns them, and reads the last one; call it first."""
        unfinished = await self._database.read(table.find_running)
        ended = []
        for record in unfinished:
            ended.append(early_end(record, "interrupted", self._kernel.clock.now(), SYSTEM, "Helix crashed"))
            await self._keep_end(ended[-1])
        self.last = await self._database.read(table.find_last)
        return tuple(ended)

    async def reload(self) -> None:
        """Reads the last ritual again, and the one that another process runs."""
        unfinished, last = await self._database.read(lambda tx: (table.find_running(tx), table.find_last(tx)))
        own = None if self._run is None else self._run.id
        before = self.newest
        self._elsewhere = next((record for record in unfinished if record.id != own), None)
        if last is not None:
            self.last = last
        self._kernel.caches.drop_tags(TAG)
        if (newest := self.newest) is not None and newest != before:
            self._announce(newest)

    async def start(
        self,
        steps: int,
        *,
        actor: Actor,
        kind: RitualKind = "z88",
        key: str | None = None,
        place: str | None = None,
        on_step: OnStep | None = None,
    ) -> Run:
        """Starts a ritual; it is stored with its id, seed and starting state before its first step.

        Args:
            steps: 1 to 1000.
            actor: who or what starts it.
            kind: "z88", or "harmony", which draws no anomalies and raises harmony.
            key: idempotency key: a finished ritual with this key is returned, and a running one is joined.
            place: where it is held, for `last_at` and `last_of`.
            on_step: called with the number of each finished step.

        Raises:
            WrongSteps: the number of steps is not valid.
            RitualRunning: another ritual is running.
            RitualCancelled: by `Run.wait`, when Helix stops.
        """
        check_steps(steps)
        async with self._lock:
            run = await self._joined(key)
            if run is None:
                if (running := self.running) is not None:
                    raise RitualRunning(running)
                now = self._kernel.clock.now()
                record = RitualRecord(
                    id=0, kind=kind, steps=steps, seed=0, algorithm=ALGORITHM, status="running",
                    started_at=now, actor=actor, start=ground_of(self._manager.snapshot),
                    key=key, place=place,
                )  # fmt: skip
                run = await uninterrupted(self._begin(record))
        if on_step is not None:
            run.watch(on_step)
        return run

    async def cancel(self, reason: str | None, actor: Actor, *, ritual: int | None = None) -> bool:
        """Ends the running ritual early; False if none (or another one) runs, or its end is being stored.

        When this returns, the state is unchanged and callers that wait for the ritual have been told.
        """
        run, task = self._run, self._task
        if run is None or task is None or ritual not in {None, run.id} or run.committing:
            return False
        if run.cancelled_by is None:
            run.cancelled_by = (actor, reason)
            task.cancel()
        await asyncio.wait((task,))
        return run.record.status == "cancelled"

    async def idle(self) -> None:
        """Waits until no ritual runs."""
        while self._task is not None and not self._task.done():
            await asyncio.wait((self._task,))

    async def close(self) -> None:
        """Ends the running ritual, at shutdown."""
        await self.cancel("Helix stopped", SYSTEM)
        await self.idle()

    def read_health(self) -> Reading:
        """The reading of the check "rituals": whether one runs, and whether the last could be stored."""
        reading = Reading(thresholds=(warns_when("the last ritual", "not saved"),))
        if self.running is not None:
            return msgspec.structs.replace(reading, reason=f"ritual {self.running.id} is running")
        if self.last is not None and self.last.status == "failed":
            reason = f"ritual {self.last.id} could not be saved"
            return reading.become("warn", reason, "See the check store, then run a ritual again.")
        return reading

    async def _joined(self, key: str | None) -> Run | None:
        if key is None:
            return None
        if self._run is not None and self._run.record.key == key:
            return self._run
        found = await self._database.read(lambda tx: table.find_done(tx, key))
        if found is None:
            return None
        run = Run(found, ())
        run.end(found)
        return run

    async def _begin(self, record: RitualRecord) -> Run:
        kept = await self._database.write(lambda tx: table.insert(tx, record), kinds=RITUALS)
        run = Run(kept, draw(kept.algorithm, kept.kind, kept.seed, kept.steps))
        task = asyncio.create_task(self._perform(run), name=f"ritual-{run.id}")
        # A task cancelled before its first step would end without recording an outcome.
        await asyncio.sleep(0)
        self._run, self._task = run, task
        self._kernel.caches.drop_tags(TAG)
        self._announce(run.now())
        logger.info("ritual.started ritual=%d kind=%s steps=%d", run.id, kept.kind, kept.steps)
        self._kernel.drain.track(task, "ritual", at_once=True)
        return run

    async def _perform(self, run: Run) -> None:
        try:
            await self._pass_steps(run)
            run.committing = True
        except asyncio.CancelledError:
            await uninterrupted(self._abandon(run))
            raise
        await uninterrupted(self._finish(run))

    async def _pass_steps(self, run: Run) -> None:
        """Paces the steps by the start time, so that a late step does not delay the next ones."""
        clock, step_s = self._kernel.clock, self._kernel.settings.ritual_step_s
        # Yield once, so that the ritual is registered before it can be cancelled.
        await asyncio.sleep(0)
        begun = clock.monotonic()
        for step in range(1, run.record.steps + 1):
            left_s = begun + step * step_s - clock.monotonic()
            await self._sleep(min(step_s, max(0.0, left_s)))
            run.advance(step)
            if clock.monotonic() - self._announced_at >= PROGRESS_EVERY_S:
                self._announce(run.now())

    async def _finish(self, run: Run) -> None:
        """Stores the end in one change: field, folklore, journal, the ritual's row and the event."""
        ended_at = self._kernel.clock.now()

        def function(old: Snapshot) -> Change:
            return applied(run.record, run.drawn, old, ended_at)[1]

        # The writer may run the hook twice; the last run is the committed one.
        kept: list[RitualRecord] = []

        def also(tx: Tx, old: Snapshot, _new: Snapshot) -> None:
            kept.append(applied(run.record, run.drawn, old, ended_at)[0])
            table.update(tx, kept[-1])

        def committed(_old: Snapshot, _new: Snapshot, change: Change) -> None:
            if any(isinstance(one, RitualCompleted) and one.ritual == run.id for one in change.events):
                self._end(run, kept[-1])

        # End the run together with its event: otherwise subscribers could hear that it is done while
        # `running` still shows it.
        stop_listening = self._manager.subscribe(committed)
        try:
            await self._manager.change_with(function, also, kinds=RITUALS)
        except Exception:
            # Nothing was changed; callers that wait must learn of it, whatever the error.
            logger.exception("ritual.not_kept ritual=%d", run.id)
            await self._abandon(run, failed=True)
        finally:
            stop_listening()

    async def _abandon(self, run: Run, *, failed: bool = False) -> None:
        actor, reason = run.cancelled_by or (SYSTEM, "Helix stopped")
        if failed:
            actor, reason = SYSTEM, "it could not be saved"
        at_step = msgspec.structs.replace(run.record, step=run.step)
        status: RitualStatus = "failed" if failed else "cancelled"
        record = early_end(at_step, status, self._kernel.clock.now(), actor, reason)
        try:
            await self._keep_end(record)
        except Exception:
            # Whatever the error, callers that wait must go on. The next start finds the ritual
            # unfinished and marks it as interrupted.
            logger.exception("ritual.end_not_kept ritual=%d", run.id)
        self._end(run, record)

    async def _keep_end(self, record: RitualRecord) -> None:
        actor = record.ended_by or SYSTEM
        row = actor.row(
            "ritual",
            str(record.id),
            reason=record.reason,
            after={"status": record.status, "step": record.step, "steps": record.steps},
        )
        await self._manager.change_with(
            lambda _: Change(journal=(row,)),
            lambda tx, _old, _new: table.update(tx, record),
            kinds=RITUALS,
        )

    def _end(self, run: Run, record: RitualRecord) -> None:
        self._run, self.last = None, record
        run.end(record)
        self._kernel.caches.drop_tags(TAG)
        if record.status != "done":
            # A completed ritual is announced by the change's event; the other outcomes are announced here.
            self._announce(record)
        logger.info("ritual.ended ritual=%d status=%s step=%d", record.id, record.status, record.step)

    def _announce(self, ritual: RunningRitual | RitualRecord) -> None:
        self._announced_at = self._kernel.clock.monotonic()
        self._kernel.broadcaster.publish(TAG, ritual)
