"""The retention rules: which kinds of data expire, and after how long."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core.store.sqlite.files import earlier_copies
from state.alerts.alert_table import CLOSED_KEPT
from state.collective import Collective
from state.contexts.context_table import MOST as CONTEXTS_KEPT
from state.directives.directive_table import KEPT as DIRECTIVES_KEPT
from state.services import KEPT_FOR

# How long a copy of the database made before a migration is kept.
COPIES_KEPT_FOR: Final = timedelta(days=30)


def add_rules(collective: Collective) -> None:
    """Adds all retention rules of the collective."""
    settings, clock = collective.kernel.settings, collective.kernel.clock
    retention, backups = collective.retention, collective.backups

    def limit() -> datetime:
        return clock.now() - timedelta(days=settings.journal_days)

    async def prune_backups() -> int:
        removed, _ = await backups.prune()
        return removed

    async def prune_copies() -> int:
        if backups.newest is None:
            return 0
        before = (clock.now() - COPIES_KEPT_FOR).timestamp()
        return await asyncio.to_thread(_remove_copies, settings.database_path, before)

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


def _remove_copies(database: Path, before_s: float) -> int:
    old = [one for one in earlier_copies(database) if one.stat().st_mtime < before_s]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)
