"""The tables of rituals and schedules (migration numbers 14–17)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

RITUAL_MIGRATIONS: Final[tuple[Migration, ...]] = ()
