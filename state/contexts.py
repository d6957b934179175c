"""Named checkpoints of the state: taken by anyone, restored by admins."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from typing import Final

import msgspec

from core.clock import Clock
from core.database import Database
from core.errors import HelixError, UnknownName
from core.suggestions import closest
from state.agents import AgentView
from state.change import Actor, Change, JournalRow
from state.context_records import (
    DEFAULTS,
    Content,
    Context,
    ContextBrief,
    RitualThen,
    agents_then,
    clean_name,
    fold,
    numbered,
)
from state.manager import StateManager
from state.models import DEFAULT_UCF, METRICS, Snapshot
from state.moments import from_us, to_us

# One person cannot crowd out the others: the oldest of their own leave first.
MOST_PER_PERSON: Final = 50
MOST: Final = 500
# A restore's rows in the journal begin with this kind; `after` says from which version.
KIND: Final = "context"

_NOTE_LENGTH: Final = 500
_RITUALS_KEPT: Final = 5
_COLUMNS: Final = (
    "id, at_us, name, version, actor, note, "
    "NOT EXISTS (SELECT 1 FROM contexts AS later WHERE later.folded = contexts.folded "
    "AND later.id > contexts.id)"
)


class UnknownContext(UnknownName):
    """No checkpoint has that name or number; the text suggests the nearest, where one is near."""

    kind = "checkpoint"

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(name, ())
        self.suggestion = closest(name, known)
        if self.suggestion is not None:
            # A name that somebody chose must not become a link in what the bot says.
            hint = f"Did you mean `{self.suggestion.replace('`', 'ˋ')}`?"
        elif known:
            hint = "`contexts` lists them."
        else:
            hint = "None has been saved yet; `/archive` saves one."
        self.args = (f"There is no checkpoint called {self.name!r}. {hint}",)


class StateMoved(HelixError):  # noqa: N818 - the text is what users read
    """The state is no longer as it was when its difference from the checkpoint was shown."""


class Contexts:
    """Takes, lists and restores checkpoints.

    Args:
        agents: gives the agents as they are now.
        rituals: reads the last finished rituals in the transaction that is open.
    """

    def __init__(
        self,
        manager: StateManager,
        database: Database,
        clock: Clock,
        *,
        agents: Callable[[], tuple[AgentView, ...]],
        rituals: Callable[[sqlite3.Connection], tuple[RitualThen, ...]],
    ) -> None:
        self._manager = manager
        self._database = database
        self._clock = clock
        self._agents = agents
        self._rituals = rituals

    async def archive(
        self,
        name: str,
        actor: Actor,
        note: str | None = None,
        *,
        beside: Callable[[sqlite3.Connection], None] | None = None,
    ) -> Context:
        """Keeps the state as it is under a name; where the name is taken, it means this one from now on.

        At most `MOST` are kept, and `MOST_PER_PERSON` of one person; what is too many leaves, oldest first.
        `beside` writes in the same transaction.

        Raises:
            WrongName: nothing can be called so.
        """
        name = clean_name(name)
        agents = agents_then(self._agents())
        at = self._clock.now()
        taken: list[Context] = []

        def also(connection: sqlite3.Connection, _: Snapshot, new: Snapshot) -> None:
            content = Content(
                ucf=new.ucf, folklore=dict(new.folklore), agents=agents, rituals=self._rituals(connection)
            )
            cursor = connection.execute(
                "INSERT INTO contexts (at_us, name, folded, version, cause, actor, actor_id, note, content) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    to_us(at),
                    name,
                    fold(name),
                    new.version,
                    actor.cause,
                    actor.name,
                    actor.id,
                    note and note[:_NOTE_LENGTH],
                    msgspec.json.encode(content).decode(),
                ),
            )
            _make_room(connection, actor.id)
            if beside is not None:
                beside(connection)
            # Run again, the last run is the one that counts.
            taken[:] = [
                Context(
                    id=int(cursor.lastrowid or 0),
                    at=at,
                    name=name,
                    version=new.version,
                    newest=True,
                    actor=actor.name,
                    note=note,
                    content=content,
                )
            ]

        await self._manager.change_with(
            lambda old: Change(journal=(actor.row(KIND, name, reason=note, after={"kept": old.version}),)),
            also,
        )
        return taken[0]

    async def find(self, name: str) -> Context:
        """The newest checkpoint of that name in any case, or the one with that number ("#12").

        "defaults" is what Helix begins with, numbered 0.

        Raises:
            UnknownContext: there is none; it suggests a name where one is near.
        """
        number, folded = numbered(name), fold(" ".join(name.split()))
        if folded == DEFAULTS:
            return self._defaults()
        where, value = ("id = ?", number) if number is not None else ("folded = ?", folded)

        def work(connection: sqlite3.Connection) -> tuple[Context | None, list[str]]:
            query = f"SELECT {_COLUMNS}, content FROM contexts WHERE {where} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own names
            row = connection.execute(query, (value,)).fetchone()
            if row is not None:
                content = msgspec.json.decode(row[7], type=Content)
                return Context(**msgspec.structs.asdict(_brief(row)), content=content), []
            names = connection.execute("SELECT DISTINCT name FROM contexts ORDER BY id DESC")
            return None, [str(row[0]) for row in names]

        found, names = await self._database.read(work)
        if found is None:
            raise UnknownContext(name.strip(), names)
        return found

    async def page(self, containing: str = "", *, newest_id: int | None = None) -> tuple[ContextBrief, ...]:
        """The checkpoints whose name contains a text in any case, newest first: all of them, `MOST` at most.

        Args:
            containing: empty for all.
            newest_id: none taken after this one, so that a list stays the same while its pages are turned.
        """
        text = fold(" ".join(containing.split()))

        def work(connection: sqlite3.Connection) -> tuple[ContextBrief, ...]:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM contexts WHERE instr(folded, ?) AND id <= ? "  # noqa: S608 - our own names
                "ORDER BY id DESC LIMIT ?",
                (text, 2**62 if newest_id is None else newest_id, MOST),
            )
            return tuple(_brief(row) for row in rows)

        return await self._database.read(work)

    async def names(self) -> tuple[str, ...]:
        """Every name that can be restored once, the newest first."""

        def work(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute("SELECT name, max(id) FROM contexts GROUP BY folded ORDER BY 2 DESC")
            return (*(str(row[0]) for row in rows), DEFAULTS)

        return await self._database.read(work)

    async def restore(self, context: Context, actor: Actor, *, shown: Snapshot) -> Snapshot:
        """Puts back the UCF and the folklore of a checkpoint, and nothing else, in one change.

        Args:
            context: what is restored.
            actor: who asks.
            shown: the state whose difference from the checkpoint was agreed to.

        Raises:
            StateMoved: UCF or folklore have changed since; nothing was restored.
        """
        content = context.content
        why = f"restored from checkpoint {context.name!r} (#{context.id}, version {context.version})"

        def change(old: Snapshot) -> Change:
            if (old.ucf, old.folklore) != (shown.ucf, shown.folklore):
                raise StateMoved("The state has changed since the difference was shown.")
            return Change(
                ucf=content.ucf,
                folklore=content.folklore,
                journal=_rows(old, context, actor, why),
                source="restore",
            )

        return await self._manager.change(change)

    def _defaults(self) -> Context:
        content = Content(ucf=DEFAULT_UCF, folklore={}, agents=())
        return Context(id=0, at=self._clock.now(), name=DEFAULTS, version=0, newest=True, content=content)


def last_rituals(connection: sqlite3.Connection) -> tuple[RitualThen, ...]:
    """The last finished rituals, newest first, as a checkpoint keeps them."""
    rows = connection.execute(
        "SELECT id, kind, steps, ended_us FROM rituals WHERE status = 'done' ORDER BY id DESC LIMIT ?",
        (_RITUALS_KEPT,),
    )
    return tuple(
        RitualThen(id=row[0], kind=row[1], steps=row[2], finished_at=from_us(row[3])) for row in rows
    )


def _rows(old: Snapshot, context: Context, actor: Actor, why: str) -> tuple[JournalRow, ...]:
    content = context.content
    whole = actor.row(
        KIND,
        context.name,
        before={"version": old.version},
        after={"restored": context.id, "version": context.version},
    )
    metrics = tuple(
        actor.row("ucf", name, reason=why, before=getattr(old.ucf, name), after=getattr(content.ucf, name))
        for name in METRICS
        if getattr(old.ucf, name) != getattr(content.ucf, name)
    )
    lore = tuple(
        actor.row(
            "folklore",
            kind,
            reason=why,
            before=_encounters(old.folklore.get(kind)),
            after=_encounters(content.folklore.get(kind)),
        )
        for kind in sorted(old.folklore.keys() | content.folklore.keys())
        if old.folklore.get(kind) != content.folklore.get(kind)
    )
    return (whole, *metrics, *lore)


def _encounters(lore: object) -> int | None:
    return getattr(lore, "encounters", None)


def _brief(row: tuple[int, int, str, int, str | None, str | None, int]) -> ContextBrief:
    return ContextBrief(
        id=row[0],
        at=from_us(row[1]),
        name=row[2],
        version=row[3],
        actor=row[4],
        note=row[5],
        newest=bool(row[6]),
    )


def _make_room(connection: sqlite3.Connection, actor_id: int | None) -> None:
    if actor_id is not None:
        connection.execute(
            "DELETE FROM contexts WHERE actor_id = ?1 AND id NOT IN "
            "(SELECT id FROM contexts WHERE actor_id = ?1 ORDER BY id DESC LIMIT ?2)",
            (actor_id, MOST_PER_PERSON),
        )
    connection.execute(
        "DELETE FROM contexts WHERE id NOT IN (SELECT id FROM contexts ORDER BY id DESC LIMIT ?)", (MOST,)
    )
