"""The tables of checkpoints (migration numbers 21–23)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

CONTEXT_MIGRATIONS: Final[tuple[Migration, ...]] = ()
