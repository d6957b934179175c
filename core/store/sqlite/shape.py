"""The shape of the tables that migrations make, read from an empty database in memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Final

from core.store.dump import Column, TableShape
from core.store.migrations import Migration
from core.store.sqlite.migrating import run_all

# The table whose rows an FTS5 table indexes, and the endings of those that FTS5 makes beside it.
_INDEXED: Final = re.compile(r"\bcontent\s*=\s*'(\w+)'")
_SHADOWS: Final = ("_data", "_idx", "_content", "_docsize", "_config")


def shape_of(migrations: Sequence[Migration]) -> tuple[TableShape, ...]:
    """The tables of these migrations, referenced ones first; those of the search index are left out.

    Triggers fill the search index: virtual tables, their shadows, and the tables that they index.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        run_all(connection, migrations)
        texts = dict(
            connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        )
        virtual = [name for name, text in texts.items() if text.startswith("CREATE VIRTUAL")]
        left_out = {name + shadow for name in virtual for shadow in _SHADOWS} | set(virtual)
        left_out |= {table for name in virtual for table in _INDEXED.findall(texts[name])}
        names = [name for name in texts if name not in left_out and not name.startswith("sqlite_")]
        return tuple(_table(connection, name, texts[name]) for name in _referenced_first(connection, names))


def _table(connection: sqlite3.Connection, name: str, text: str) -> TableShape:
    rows = connection.execute("SELECT name, type, pk FROM pragma_table_info(?)", (name,)).fetchall()
    key = [column for place, column in sorted((pk, column) for column, _, pk in rows if pk)]
    columns = tuple(Column(column, kind) for column, kind, _ in rows)
    return TableShape(name, columns, tuple(key), "AUTOINCREMENT" in text)


def _referenced_first(connection: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    ordered: list[str] = []
    waiting = list(names)
    while waiting:
        for name in waiting:
            targets = connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))
            if all(target == name or target in ordered for (target,) in targets):
                ordered.append(name)
                waiting.remove(name)
                break
        else:
            raise ValueError(f"these tables refer to each other or to unknown ones: {', '.join(waiting)}")
    return ordered
