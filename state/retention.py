"""What is kept for how long: one place that removes what has had its time, and says what went."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from state.change import SYSTEM, Actor
from state.manager import StateManager
from state.probes import KEPT_FOR

if TYPE_CHECKING:
    from state.collective import Collective

logger = logging.getLogger(__name__)

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

    def add(self, kind: str, prune: Prune, kept: str) -> None:
        """Lets `prune` remove what is too old of a kind; `kept` says in a few words what stays."""
        self._prunes[kind] = (prune, kept)

    def rules(self) -> Mapping[str, str]:
        """What is kept of each kind, in words."""
        return {kind: kept for kind, (_, kept) in self._prunes.items()}

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

    as_journal = f"{settings.journal_days} days (JOURNAL_DAYS)"
    retention.add("journal", lambda: collective.journal.prune(limit()), as_journal)
    retention.add("rituals", lambda: collective.rituals.prune(limit()), as_journal)
    retention.add("probes", collective.probes.prune, f"{KEPT_FOR.days} days")
    retention.add("backups", prune_backups, f"the newest {settings.backup_keep} (BACKUP_KEEP)")
    return retention
