"""Stores directives: each change in one transaction with its journal rows and its event."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from core.clock import Clock
from core.store import Store
from core.store.tx import Tx
from state.change import Actor, Change, JournalRow
from state.directives import directive_table as store
from state.directives.policy import KIND
from state.directives.records import STATUSES, Directive, DirectiveStatus, Halt
from state.events import DirectiveFinished, OutEvent
from state.kinds import DIRECTIVES, POLICY
from state.manager import StateManager

# The cause of a directive's effects in the journal, beside the asker's name.
CAUSE = "directive"


def actor_of(directive: Directive) -> Actor:
    """The actor of a directive's effects: its asker, with the cause "directive"."""
    return Actor(CAUSE, directive.actor.name, directive.actor.id)


class Repository:
    """Stores directives.

    Attributes:
        counts: number of directives by status, as last committed.
    """

    def __init__(self, database: Store, manager: StateManager, clock: Clock) -> None:
        self._database = database
        self._manager = manager
        self._clock = clock
        self.counts: Mapping[DirectiveStatus, int] = dict.fromkeys(STATUSES, 0)

    async def load(self) -> None:
        """Reads the counts."""
        await self.correct_times()
        await self.reload()

    async def reload(self) -> None:
        """Reads the counts again."""
        self.counts = await self._database.read(store.counts)

    async def correct_times(self) -> None:
        """Moves request times in the future to now, after the clock ran ahead."""
        now = self._clock.now()
        await self._database.write(lambda tx: store.cap_times(tx, now))

    async def open(self, asked: Directive, decision: JournalRow, key: str | None) -> Directive:
        """Stores a new directive and its decision; returns it with its id. Not for concurrent calls."""
        number = await self._database.read(store.next_number)
        directive = msgspec.structs.replace(asked, id=number)
        rows = (decision, _row(directive, directive.actor, before=None))
        events = () if directive.open else (_finished(directive),)
        await self._commit(rows, events, lambda tx: store.insert(tx, directive, key))
        return directive

    async def take_next(self) -> Directive | None:
        """Starts the next queued directive and returns it; None if none is queued."""
        taken: list[Directive | None] = []
        now = self._clock.now()

        def take(tx: Tx) -> None:
            waiting = store.next_queued(tx)
            if waiting is None:
                taken.append(None)
                return
            running = msgspec.structs.replace(
                waiting, status="running", attempts=waiting.attempts + 1, started_at=waiting.started_at or now
            )
            store.update(tx, running)
            again = f", attempt {running.attempts}" if running.attempts > 1 else ""
            store.add_line(tx, running.id, now, f"begun{again}")
            taken.append(running)

        if not self.counts["queued"]:
            return None
        await self._commit((), (), take)
        return taken[-1]

    async def finish(
        self,
        directive: Directive,
        status: DirectiveStatus,
        result: str,
        *,
        row: JournalRow | None = None,
        beside: Callable[[Tx], object] | None = None,
    ) -> Directive:
        """Stores the end of a directive; `beside` writes in the same transaction."""
        finished = msgspec.structs.replace(
            directive, status=status, result=result, finished_at=self._clock.now(), step=0, steps=0
        )
        rows = (_row(finished, actor_of(finished), before="running"),)
        update = self._updater(finished, result)

        def keep(tx: Tx) -> None:
            update(tx)
            if beside is not None:
                beside(tx)

        await self._commit(rows if row is None else (row, *rows), (_finished(finished),), keep)
        return finished

    async def withdraw(self, directive: Directive, actor: Actor) -> Directive | None:
        """Cancels a queued directive; None if it is no longer queued."""
        cancelled = msgspec.structs.replace(
            directive, status="cancelled", result="Cancelled before it ran.", finished_at=self._clock.now()
        )
        update = self._updater(cancelled, "cancelled")

        def keep(tx: Tx) -> None:
            current = store.find(tx, directive.id)
            if current is None or current.status != "queued":
                raise _Gone
            update(tx)

        try:
            row = _row(cancelled, actor, before="queued")
            await self._commit((row,), (_finished(cancelled),), keep)
        except _Gone:
            return None
        return cancelled

    async def put_back(self, directive: Directive, why: str) -> Directive:
        """Queues a directive that ran again, such as for the next start; the attempt does not count."""
        waiting = msgspec.structs.replace(
            directive, status="queued", attempts=directive.attempts - 1, step=0, steps=0
        )
        await self._commit((), (), self._updater(waiting, why))
        return waiting

    async def recover(self, most_attempts: int) -> tuple[Directive, ...]:
        """Re-queues directives that ran when the process was killed, unless tried too often."""
        changed = []
        for directive in await self._database.read(store.find_running):
            if directive.attempts >= most_attempts:
                text = f"Helix ended {directive.attempts} times while it ran, so it is not tried again."
                changed.append(await self.finish(directive, "failed", text))
                continue
            waiting = msgspec.structs.replace(directive, status="queued")
            await self._commit((), (), self._updater(waiting, "Helix ended while it ran; it runs again"))
            changed.append(waiting)
        return tuple(changed)

    async def add_line(self, directive: Directive, text: str) -> None:
        """Adds a line to a directive's log."""
        now = self._clock.now()
        await self._database.write(lambda tx: store.add_line(tx, directive.id, now, text))

    async def write_halt(self, halt: Halt | None, row: JournalRow) -> None:
        """Stores a halt, or its end."""
        await self._commit((row,), (), lambda tx: store.write_halt(tx, halt))

    def _updater(self, directive: Directive, line: str) -> Callable[[Tx], None]:
        now = self._clock.now()

        def keep(tx: Tx) -> None:
            store.update(tx, directive)
            store.add_line(tx, directive.id, now, line)

        return keep

    async def _commit(
        self,
        rows: tuple[JournalRow, ...],
        events: tuple[OutEvent, ...],
        keep: Callable[[Tx], None],
    ) -> None:
        counted: list[Mapping[DirectiveStatus, int]] = []

        def also(tx: Tx, _old: object, _new: object) -> None:
            keep(tx)
            counted.append(store.counts(tx))

        judged = any(row.kind == KIND for row in rows)
        change = Change(journal=rows, events=events)
        kinds = DIRECTIVES + POLICY if judged else DIRECTIVES
        await self._manager.change_with(lambda _: change, also, kinds=kinds)
        self.counts = counted[-1]


class _Gone(Exception):
    """The directive is no longer queued."""


def _row(directive: Directive, actor: Actor, *, before: str | None) -> JournalRow:
    """A row of Manus' journal."""
    return actor.row(
        "directive",
        "Manus",
        reason=directive.result,
        before=before,
        after={"status": directive.status, "task": directive.text},
    )


def _finished(directive: Directive) -> DirectiveFinished:
    status = directive.status
    if directive.finished_at is None or status == "queued" or status == "running":  # noqa: PLR1714 - narrows
        raise ValueError(f"directive {directive.id} is not finished")
    return DirectiveFinished(
        directive=directive.id,
        action=directive.action,
        status=status,
        finished_at=directive.finished_at,
        result=directive.result or "",
    )
