"""The tables of backups (migration numbers 27–29)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

BACKUP_MIGRATIONS: Final[tuple[Migration, ...]] = ()
