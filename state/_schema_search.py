"""The tables of full-text search (migration numbers 30–34)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

SEARCH_MIGRATIONS: Final[tuple[Migration, ...]] = ()
