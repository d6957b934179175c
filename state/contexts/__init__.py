"""Named checkpoints of the state: anyone may take one, admins restore them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from core.clock import Clock
from core.errors import HelixError, UnknownName
from core.store import Store
from core.store.tx import Tx
from core.suggestions import closest
from state.agents import AgentView
from state.change import Actor, Change, JournalRow
from state.contexts import context_table as table
from state.contexts.context_table import last_rituals
from state.contexts.records import (
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
from state.journal.differences import ucf_rows
from state.manager import StateManager
from state.models import DEFAULT_UCF, Lore, Snapshot

__all__ = ["Contexts", "StateMoved", "UnknownContext", "last_rituals"]

# Kind of a restore's first journal row; its `after` names the restored version.
KIND: Final = "context"


class UnknownContext(UnknownName):
    """No checkpoint has that name or number; the text suggests a similar name, if any."""

    kind = "checkpoint"

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(name, ())
        self.suggestion = closest(name, known)
        if self.suggestion is not None:
            # A name chosen by a person must not become a link in the bot's reply.
            hint = f"Did you mean `{self.suggestion.replace('`', 'ˋ')}`?"
        elif known:
            hint = "`/contexts` lists them."
        else:
            hint = "None has been saved yet; `/archive` saves one."
        self.args = (f"There is no checkpoint called {self.name!r}. {hint}",)


class StateMoved(HelixError):
    """The state has changed since its difference from the checkpoint was shown."""


class Contexts:
    """Takes, lists and restores checkpoints.

    Args:
        agents: returns the present agents.
        rituals: reads, in the transaction, the last finished rituals.
    """

    def __init__(
        self,
        manager: StateManager,
        database: Store,
        clock: Clock,
        *,
        agents: Callable[[], tuple[AgentView, ...]],
        rituals: Callable[[Tx], tuple[RitualThen, ...]],
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
        beside: Callable[[Tx], None] | None = None,
    ) -> Context:
        """Stores the present state under a name; an existing name refers to the new checkpoint from now on.

        Beyond the limits (`state/contexts/context_table.py`) the oldest are deleted. `beside` writes in the
        same transaction.

        Raises:
            WrongName: the name is not valid.
        """
        name = clean_name(name)
        agents = agents_then(self._agents())
        at = self._clock.now()
        taken: list[Context] = []

        def also(tx: Tx, _: Snapshot, new: Snapshot) -> None:
            content = Content(
                ucf=new.ucf, folklore=dict(new.folklore), agents=agents, rituals=self._rituals(tx)
            )
            context = Context(
                id=0,
                at=at,
                name=name,
                version=new.version,
                newest=True,
                actor=actor.name,
                note=note,
                content=content,
            )
            # The hook may run twice; the last run counts.
            taken[:] = [table.insert(tx, context, actor)]
            if beside is not None:
                beside(tx)

        await self._manager.change_with(
            lambda old: Change(journal=(actor.row(KIND, name, reason=note, after={"kept": old.version}),)),
            also,
        )
        return taken[0]

    async def find(self, name: str) -> Context:
        """The newest checkpoint of that name, ignoring case, or the one with that id ("#12").

        "defaults" is the state that Helix starts with, with id 0.

        Raises:
            UnknownContext: none found; the text suggests a similar name.
        """
        number, folded = numbered(name), fold(" ".join(name.split()))
        if folded == DEFAULTS:
            return self._defaults()

        def work(tx: Tx) -> Context | UnknownContext:
            context = table.find(tx, number, folded)
            if context is None:
                # In the reader thread: comparing hundreds of names takes a while.
                return UnknownContext(name.strip(), table.distinct_names(tx))
            return context

        found = await self._database.read(work)
        if isinstance(found, UnknownContext):
            raise found
        return found

    async def find_noted(self, name: str, cause: str, note: str) -> int | None:
        """The id of a checkpoint with this name and note, made by this cause; None if there is none."""
        return await self._database.read(lambda tx: table.find_noted(tx, name, cause, note))

    async def page(self, containing: str = "", *, newest_id: int | None = None) -> tuple[ContextBrief, ...]:
        """All checkpoints whose name contains a text, ignoring case, newest first.

        Args:
            containing: empty for all.
            newest_id: leaves out later checkpoints, so that a list stays the same while its pages are turned.
        """
        text = fold(" ".join(containing.split()))
        return await self._database.read(lambda tx: table.page(tx, text, newest_id))

    async def names(self) -> tuple[str, ...]:
        """Every name that can be restored, without duplicates, newest first."""
        return (*await self._database.read(table.restorable_names), DEFAULTS)

    async def restore(self, context: Context, actor: Actor, *, shown: Snapshot) -> Snapshot:
        """Restores the UCF and the folklore of a checkpoint, and nothing else, in one change.

        Args:
            context: the checkpoint to restore.
            actor: the person who asks.
            shown: the state in the comparison that the person confirmed.

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


def _rows(old: Snapshot, context: Context, actor: Actor, why: str) -> tuple[JournalRow, ...]:
    content = context.content
    whole = actor.row(
        KIND,
        context.name,
        before={"version": old.version},
        after={"restored": context.id, "version": context.version},
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
    return (whole, *ucf_rows(old.ucf, content.ucf, actor, reason=why), *lore)


def _encounters(lore: Lore | None) -> int | None:
    return None if lore is None else lore.encounters
