"""The tables of checkpoints (migrations 21–23)."""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration

CONTEXT_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        21,
        "checkpoints",
        (
            # `folded` is the name for comparisons, since SQLite folds the case of ASCII only.
            """CREATE TABLE contexts (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL,
                name TEXT NOT NULL, folded TEXT NOT NULL, version INTEGER NOT NULL,
                cause TEXT NOT NULL, actor TEXT, actor_id INTEGER, note TEXT, content TEXT NOT NULL
            )""",
            "CREATE INDEX contexts_by_name ON contexts (folded, id)",
            "CREATE INDEX contexts_by_person ON contexts (actor_id, id)",
        ),
    ),
)
