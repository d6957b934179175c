"""The bot's own tables, numbers 50 to 69: none yet, for what it remembers fits `core`'s."""

from __future__ import annotations

from core.migrations import Migration

BOT_MIGRATIONS: tuple[Migration, ...] = ()
