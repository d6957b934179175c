"""What grows old, and how long each kind is kept."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core.runtime.kernel import Kernel
from core.store import Database
from state.alerts.alert_table import CLOSED_KEPT
from state.backups import Backups
from state.contexts.context_table import MOST as CONTEXTS_KEPT
from state.directives.directive_table import KEPT as DIRECTIVES_KEPT
from state.journal import Journal
from state.manager import StateManager
from state.privacy.retention import Retention
from state.rituals import Rituals
from state.services import KEPT_FOR, ServiceProbes
from state.webhooks import Webhooks

# What was kept of the database from before its schema changed.
COPIES_KEPT_FOR: Final = timedelta(days=30)


def build_retention(
    kernel: Kernel,
    database: Database,
    manager: StateManager,
    *,
    journal: Journal,
    rituals: Rituals,
    probes: ServiceProbes,
    backups: Backups,
    webhooks: Webhooks,
) -> Retention:
    """What grows old in a collective, and how long each is kept."""
    settings, clock = kernel.settings, kernel.clock
    retention = Retention(manager)

    def limit() -> datetime:
        return clock.now() - timedelta(days=settings.journal_days)

    async def prune_backups() -> int:
        removed, _ = await backups.prune()
        return removed

    async def prune_copies() -> int:
        if backups.newest is None:
            return 0
        before = (clock.now() - COPIES_KEPT_FOR).timestamp()
        return await asyncio.to_thread(_remove_copies, database.path, before)

    as_journal = f"{settings.journal_days} days (JOURNAL_DAYS)"
    retention.add("journal", lambda: journal.prune(limit()), as_journal)
    retention.add("rituals", lambda: rituals.prune(limit()), as_journal)
    retention.add("probes", probes.prune, f"{KEPT_FOR.days} days")
    retention.add("backups", prune_backups, f"the newest {settings.backup_keep} (BACKUP_KEEP)")
    kept = f"{COPIES_KEPT_FOR.days} days, and until there is a good backup"
    retention.add("copies", prune_copies, f"from before a schema change: {kept}")
    retention.note("directives", f"the newest {DIRECTIVES_KEPT}")
    retention.note("checkpoints", f"the newest {CONTEXTS_KEPT}")
    retention.note("closed alerts", f"the newest {CLOSED_KEPT}")
    retention.note("measured minutes", "24 hours")
    retention.add("webhooks", webhooks.prune, "30 days, idempotency keys 7 days")
    return retention


def _remove_copies(database: Path, before_s: float) -> int:
    old = [one for one in database.parent.glob(f"{database.name}.v*.bak") if one.stat().st_mtime < before_s]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)
