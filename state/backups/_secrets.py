"""Keeps the secrets of the settings out of backups: in the copies they are replaced by `***`.

The database and the files in the data folder are not changed. Secrets shorter than eight characters are not
searched for, since ordinary text may contain them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from core.errors import HelixError
from core.logs.secret import Secret
from core.logs.secret_forms import escaped
from state.search.schema import purge_index

MASK: Final = "***"
_SHORTEST: Final = 8
_CHUNK: Final = 4 * 1024 * 1024


class SecretInBackup(HelixError):
    """A secret of the settings could not be removed from the copy."""


def forms(secrets: Iterable[Secret]) -> tuple[str, ...]:
    """Each secret as it is and in its escaped forms; longest first."""
    found: set[str] = set()
    for secret in secrets:
        text = secret.reveal()
        if len(text) >= _SHORTEST:
            found.update(escaped(text))
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def redact_text(data: bytes, secrets: tuple[str, ...]) -> bytes:
    """A file's content with secrets replaced."""
    for form in secrets:
        data = data.replace(form.encode("utf-8", "surrogatepass"), MASK.encode())
    return data


def redact_database(path: Path, secrets: tuple[str, ...]) -> bool:
    """Replaces secrets in a copy of the database; returns whether there were any.

    Raises:
        SecretInBackup: one is still in the file afterwards (as part of a key, for example).
    """
    connection = sqlite3.connect(path, isolation_level=None)
    # Payloads of webhooks are stored as bytes.
    connection.create_function("mask_bytes", 3, bytes.replace, deterministic=True)
    try:
        found = sum(_redact_table(connection, table, secrets) for table in _tables(connection)) > 0
        if found or _in_file(path, secrets):
            # The search index keeps deleted words until its pages are merged, and freed or rewritten pages
            # still contain the old bytes.
            purge_index(connection)
            connection.execute("VACUUM")
            found = True
    finally:
        connection.close()
    if found and _in_file(path, secrets):
        raise SecretInBackup(
            "The database contains a secret of the settings in a place where a backup cannot leave it out, "
            "so no backup is made. Replace that secret by a new one in the settings."
        )
    return found


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


def _redact_table(
    connection: sqlite3.Connection, table: tuple[str, list[str]], secrets: tuple[str, ...]
) -> int:
    name, columns = table
    changed = 0
    for column in map(_quoted, columns):
        for kind, function, form, mask in _wanted(secrets):
            where = f"typeof({column}) = '{kind}' AND instr({column}, ?1)"
            if connection.execute(f"SELECT 1 FROM {_quoted(name)} WHERE {where} LIMIT 1", (form,)).fetchone():  # noqa: S608 - names of our own schema, quoted
                changed += connection.execute(
                    f"UPDATE {_quoted(name)} SET {column} = {function}({column}, ?1, ?2) WHERE {where}",  # noqa: S608 - likewise
                    (form, mask),
                ).rowcount
    return changed


def _wanted(secrets: tuple[str, ...]) -> Iterator[tuple[str, str, str | bytes, str | bytes]]:
    """Each form as text and as bytes: SQLite type, replacing function, form, replacement."""
    for form in secrets:
        yield "text", "replace", form, MASK
        yield "blob", "mask_bytes", form.encode("utf-8", "surrogatepass"), MASK.encode()


def _in_file(path: Path, secrets: tuple[str, ...]) -> bool:
    """Whether the file's bytes contain one of the secrets."""
    wanted = [form.encode("utf-8", "surrogatepass") for form in secrets]
    overlap = max((len(form) for form in wanted), default=1) - 1
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            if any(form in window for form in wanted):
                return True
            tail = window[len(window) - overlap :] if overlap else b""
    return False


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
