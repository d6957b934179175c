"""Removes words from a database file, from its rows as from freed pages and the search index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from core.store.names import with_names
from core.store.sqlite.faults import copy_faults

_CHUNK: Final = 4 * 1024 * 1024


def scrub(path: Path, words: tuple[str, ...], mask: str) -> bool:
    """Replaces words in all columns of a file that nobody has open; returns whether there were any.

    They may still be in it afterwards, as part of a key's index or of the schema: ask `holds_any`.

    Raises:
        CopyFault: the file cannot be read or written.
        OSError: likewise.
    """
    with copy_faults(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Bodies of webhooks are stored as bytes.
        connection.create_function("mask_bytes", 3, bytes.replace, deterministic=True)
        changed = sum(_scrub_table(connection, table, words, mask) for table in _tables(connection))
        if not changed and not holds_any(path, words):
            return False
        # The search index keeps deleted words until its pages are merged, and freed or rewritten pages
        # still contain the old bytes.
        rebuild_search(connection)
        connection.execute("VACUUM")
    return True


def holds_any(path: Path, words: tuple[str, ...]) -> bool:
    """Whether the file's bytes contain one of the words."""
    wanted = [word.encode("utf-8", "surrogatepass") for word in words]
    overlap = max((len(word) for word in wanted), default=1) - 1
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            if any(word in window for word in wanted):
                return True
            tail = window[len(window) - overlap :] if overlap else b""
    return False


def rebuild_search(connection: sqlite3.Connection) -> None:
    """Fills the search indexes anew: deleted words otherwise stay in their pages until these are merged."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    ).fetchall():
        connection.execute(with_names("INSERT INTO {index} ({index}) VALUES ('rebuild')", index=name))


def _tables(connection: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    """Every ordinary table with its columns; virtual tables store their content in ordinary ones."""
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    return [
        (name, [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(name)})")])
        for (name,) in names
    ]


def _scrub_table(
    connection: sqlite3.Connection, table: tuple[str, list[str]], words: tuple[str, ...], mask: str
) -> int:
    name, columns = table
    changed = 0
    for column in map(_quoted, columns):
        for kind, function, word, instead in _wanted(words, mask):
            where = f"typeof({column}) = '{kind}' AND instr({column}, ?1)"
            if connection.execute(f"SELECT 1 FROM {_quoted(name)} WHERE {where} LIMIT 1", (word,)).fetchone():  # noqa: S608 - names of our own schema, quoted
                changed += connection.execute(
                    f"UPDATE {_quoted(name)} SET {column} = {function}({column}, ?1, ?2) WHERE {where}",  # noqa: S608 - likewise
                    (word, instead),
                ).rowcount
    return changed


def _wanted(words: tuple[str, ...], mask: str) -> Iterator[tuple[str, str, str | bytes, str | bytes]]:
    """Each word as text and as bytes: SQLite type, replacing function, word, replacement."""
    for word in words:
        yield "text", "replace", word, mask
        yield "blob", "mask_bytes", word.encode("utf-8", "surrogatepass"), mask.encode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
