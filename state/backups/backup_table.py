"""The records of backups in the database; every function works in the open transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from core.store.moments import columns_of, fields_of, to_us
from core.store.names import with_names
from core.store.tx import Tx
from state.change import Actor

BackupStatus = Literal["good", "unchecked", "bad"]

_NAME: Final = re.compile(r"helix-\d{1,9}-(\d{8}T\d{6}Z)\.tar\.gz", re.ASCII)
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_SELECT: Final = (
    "SELECT id, status, file, begun_us, finished_us, size_bytes, sha256, cause, actor, actor_id, detail "
    "FROM backups"
)
_COLUMNS: Final = columns_of(_SELECT)


class BackupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One backup.

    Attributes:
        status: "good" if it passed its last check, "bad" if it did not, "unchecked" if it was found in the
            folder and has not been checked since.
        file: its file name.
        sha256: of the file, in hexadecimal; empty if not known yet.
        cause: what asked for it: "command", "schedule", "directive" …
        detail: remarks, such as a part that was left out.
    """

    id: int
    status: BackupStatus
    file: str
    begun_at: datetime
    finished_at: datetime
    size_bytes: int
    sha256: str
    cause: str
    actor: str | None = None
    actor_id: int | None = None
    detail: str = ""


_COUNTED: Final = ("journal", "ucf_history", "rituals", "contexts", "directives", "schedules", "alerts")


def file_name(number: int, moment: datetime) -> str:
    """The file name of a backup."""
    return f"helix-{number}-{moment.astimezone(UTC):{_MOMENT}}.tar.gz"


def named_moment(name: str) -> datetime | None:
    """When a backup with that file name was begun; None if it is not a backup's name."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match.group(1), _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def reserve(tx: Tx, now: datetime, actor: Actor) -> tuple[int, str]:
    """Reserves the id of a backup that begins now; returns it with the file name."""
    (number,) = tx.execute(
        "INSERT INTO backups (status, file, begun_us, cause, actor, actor_id) "
        "VALUES ('making', '', ?, ?, ?, ?) RETURNING id",
        (to_us(now), actor.cause, actor.name, actor.id),
    ).fetchone()
    name = file_name(number, now)
    tx.execute("UPDATE backups SET file = ? WHERE id = ?", (name, number))
    return number or 0, name


def forget(tx: Tx, number: int) -> None:
    """Deletes the row of a backup that no longer exists."""
    tx.execute("DELETE FROM backups WHERE id = ?", (number,))


def forget_unfinished(tx: Tx) -> None:
    """Deletes the row of a backup that is being made: in the archive, it does not exist."""
    tx.execute("DELETE FROM backups WHERE status = 'making'")


def finish(tx: Tx, record: BackupRecord) -> None:
    """Marks a backup as complete and checked."""
    tx.execute(
        "UPDATE backups SET status = 'good', finished_us = ?1, checked_us = ?1, size_bytes = ?2, "
        "sha256 = ?3, detail = ?4 WHERE id = ?5",
        (to_us(record.finished_at), record.size_bytes, record.sha256, record.detail, record.id),
    )


def judge(tx: Tx, checked: BackupRecord, now: datetime) -> None:
    """Stores the result of a check: status, hash and remarks."""
    tx.execute(
        "UPDATE backups SET status = ?, checked_us = ?, sha256 = ?, detail = ? WHERE id = ?",
        (checked.status, to_us(now), checked.sha256, checked.detail, checked.id),
    )


def read_all(tx: Tx) -> tuple[BackupRecord, ...]:
    """Every finished backup, newest first."""
    rows = tx.execute(f"{_SELECT} WHERE status != 'making'").fetchall()
    records = (_record(row) for row in rows)
    return tuple(sorted(records, key=lambda record: (record.begun_at, record.id), reverse=True))


def cap_times(tx: Tx, now: datetime) -> tuple[BackupRecord, ...]:
    """Moves times in the future (from a wrong clock) to now; returns all backups, newest first."""
    tx.execute(
        "UPDATE backups SET begun_us = CASE WHEN begun_us > ?1 THEN ?1 ELSE begun_us END, "
        "finished_us = CASE WHEN finished_us > ?1 THEN ?1 ELSE finished_us END, "
        "checked_us = CASE WHEN checked_us > ?1 THEN ?1 ELSE checked_us END "
        "WHERE begun_us > ?1 OR finished_us > ?1 OR checked_us > ?1",
        (to_us(now),),
    )
    return read_all(tx)


def reconcile(tx: Tx, found: Mapping[str, int]) -> None:
    """Makes the rows match the files that exist (name to size).

    Becomes "unchecked": a file without a row (from a restore, or copied there by hand), and one whose backup
    was killed before its result was stored.
    """
    known = dict(tx.execute("SELECT file, id FROM backups").fetchall())
    for name, number in known.items():
        if name not in found:
            forget(tx, number)
    tx.execute("UPDATE backups SET status = 'unchecked', finished_us = begun_us WHERE status = 'making'")
    for name, size_bytes in sorted(found.items()):
        moment = named_moment(name)
        if name in known:
            tx.execute("UPDATE backups SET size_bytes = ? WHERE file = ?", (size_bytes, name))
        elif moment is not None:
            tx.execute(
                "INSERT INTO backups (status, file, begun_us, finished_us, size_bytes, cause, detail) "
                "VALUES ('unchecked', ?1, ?2, ?2, ?3, 'found', 'found in the folder')",
                (name, to_us(moment), size_bytes),
            )


def _record(row: tuple[object, ...]) -> BackupRecord:
    return msgspec.convert(fields_of(_COLUMNS, row), BackupRecord)


def count_rows(tx: Tx) -> dict[str, int]:
    """The number of rows of the tables that a restore names."""
    return {
        table: int(tx.execute(with_names("SELECT count(*) FROM {table}", table=table)).fetchone()[0])
        for table in _COUNTED
    }
