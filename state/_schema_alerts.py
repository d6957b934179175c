"""The tables of alerts (migration numbers 18–20)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

ALERT_MIGRATIONS: Final[tuple[Migration, ...]] = ()
