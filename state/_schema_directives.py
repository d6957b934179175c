"""The tables of directives (migration numbers 24–26)."""

from __future__ import annotations

from typing import Final

from core.migrations import Migration

DIRECTIVE_MIGRATIONS: Final[tuple[Migration, ...]] = ()
