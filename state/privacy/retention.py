"""What is kept for how long: one place that removes what has had its time, and says what went."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from state.alerts.alert_table import CLOSED_KEPT
from state.change import SYSTEM, Actor
from state.contexts.context_table import MOST as CONTEXTS_KEPT
from state.directives.directive_table import KEPT as DIRECTIVES_KEPT
from state.manager import StateManager
from state.services import KEPT_FOR

if TYPE_CHECKING:
    from state.collective import Collective

logger = logging.getLogger(__name__)

# What was kept of the database from before its schema changed.
COPIES_KEPT_FOR: Final = timedelta(days=30)

# Removes what is too old of one kind; gives how many that was.
Prune = Callable[[], Awaitable[int]]


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """What a clean-up removed: how many, by kind, every kind in it."""

    removed: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.removed.values())


class Retention:
    """Each part of `state/` says here what of it grows old; the loop and whoever cleans use the same list."""

    def __init__(self, manager: StateManager) -> None:
        self._manager = manager
        self._prunes: dict[str, tuple[Prune, str]] = {}
        self._notes: dict[str, str] = {}

    def add(self, kind: str, prune: Prune, kept: str) -> None:
        """Lets `prune` remove what is too old of a kind; `kept` says in a few words what stays."""
        self._prunes[kind] = (prune, kept)

    def note(self, kind: str, kept: str) -> None:
        """Says what stays of a kind that keeps within its bounds by itself, whenever something is added."""
        self._notes[kind] = kept

    def rules(self) -> Mapping[str, str]:
        """What is kept of each kind, in words."""
        return {kind: kept for kind, (_, kept) in self._prunes.items()} | self._notes

    async def clean(self, actor: Actor = SYSTEM) -> Cleaned:
        """Removes everything that has had its time; journalled where a person asked, or something went."""
        removed = {kind: await prune() for kind, (prune, _) in self._prunes.items()}
        cleaned = Cleaned(removed=removed)
        if cleaned.total:
            logger.info("retention.pruned %s", " ".join(f"{kind}={n}" for kind, n in removed.items() if n))
        if cleaned.total or actor.id is not None:
            await self._manager.record(actor.row("storage", "clean", after=removed))
        return cleaned

    async def run_once(self) -> None:
        """One supervised round."""
        await self.clean()


def build_retention(collective: Collective) -> Retention:
    """What grows old in a collective, and how long each is kept."""
    settings, clock = collective.kernel.settings, collective.kernel.clock
    retention = Retention(collective.manager)

    def limit() -> datetime:
        return clock.now() - timedelta(days=settings.journal_days)

    async def prune_backups() -> int:
        removed, _ = await collective.backups.prune()
        return removed

    async def prune_copies() -> int:
        if collective.backups.newest is None:
            return 0
        before = (clock.now() - COPIES_KEPT_FOR).timestamp()
        return await asyncio.to_thread(_remove_copies, collective.database.path, before)

    as_journal = f"{settings.journal_days} days (JOURNAL_DAYS)"
    retention.add("journal", lambda: collective.journal.prune(limit()), as_journal)
    retention.add("rituals", lambda: collective.rituals.prune(limit()), as_journal)
    retention.add("probes", collective.probes.prune, f"{KEPT_FOR.days} days")
    retention.add("backups", prune_backups, f"the newest {settings.backup_keep} (BACKUP_KEEP)")
    kept = f"{COPIES_KEPT_FOR.days} days, and until there is a good backup"
    retention.add("copies", prune_copies, f"from before a schema change: {kept}")
    retention.note("directives", f"the newest {DIRECTIVES_KEPT}")
    retention.note("checkpoints", f"the newest {CONTEXTS_KEPT}")
    retention.note("closed alerts", f"the newest {CLOSED_KEPT}")
    retention.note("measured minutes", "24 hours")
    retention.add("webhooks", collective.webhooks.prune, "30 days, idempotency keys 7 days")
    return retention


def _remove_copies(database: Path, before_s: float) -> int:
    old = [one for one in database.parent.glob(f"{database.name}.v*.bak") if one.stat().st_mtime < before_s]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)
