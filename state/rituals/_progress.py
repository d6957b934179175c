"""A ritual in progress."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from state.change import Actor
from state.rituals.folklore import Kind
from state.rituals.records import RitualCancelled, RitualRecord, RunningRitual

logger = logging.getLogger(__name__)

OnStep = Callable[[int], None]


class Run:
    """A ritual's progress and outcome.

    Attributes:
        record: as stored at its start or, later, at its end.
        step: number of finished steps.
        drawn: the anomaly of each step, or None.
        cancelled_by: who cancelled it, and why.
        committing: its end is being stored; it can no longer be cancelled.
    """

    def __init__(self, record: RitualRecord, drawn: Sequence[Kind | None]) -> None:
        self.record = record
        self.step = 0
        self.drawn = tuple(drawn)
        self.cancelled_by: tuple[Actor, str | None] | None = None
        self.committing = False
        self._watchers: list[OnStep] = []
        self._ended: asyncio.Future[RitualRecord] = asyncio.get_running_loop().create_future()
        # Retrieves the exception, since nobody has to wait for the run; its outcome is in the record too.
        self._ended.add_done_callback(lambda ended: ended.exception())

    @property
    def id(self) -> int:
        """Its id."""
        return self.record.id

    @property
    def anomalies(self) -> Mapping[str, int]:
        """How often each kind of anomaly has come so far."""
        return Counter(kind for kind in self.drawn[: self.step] if kind is not None)

    def now(self) -> RunningRitual:
        """Its present progress."""
        of = self.record
        return RunningRitual(id=of.id, kind=of.kind, steps=of.steps, step=self.step, started_at=of.started_at)

    def watch(self, on_step: OnStep) -> None:
        """Calls `on_step(step)` after each step; the callback must not block."""
        self._watchers.append(on_step)

    async def wait(self) -> RitualRecord:
        """Waits for its end and returns the record. Cancelling the wait does not cancel the ritual.

        Raises:
            RitualCancelled: it ended early, and changed nothing.
        """
        return await asyncio.shield(self._ended)

    def advance(self, step: int) -> None:
        """For the engine: sets the number of finished steps."""
        self.step = step
        for on_step in self._watchers:
            try:
                on_step(step)
            except Exception:
                logger.exception("ritual.watcher_failed ritual=%d", self.id)

    def end(self, record: RitualRecord) -> None:
        """For the engine: sets the final record."""
        self.record, self.step = record, record.step
        if self._ended.done():
            return
        if record.status == "done":
            self._ended.set_result(record)
        else:
            self._ended.set_exception(RitualCancelled(record))
