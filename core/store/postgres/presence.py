"""Who uses the database: running processes share a lock, and a command that needs it alone takes all of it.

The lock belongs to the session of the writer, so it is gone as soon as that process is. Table `meta` says
"running" from an opening to a close, so that a start can tell whether the last process closed the store.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg

from core.store.errors import DatabaseUnusable
from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import translate

_SHARED: Final = b"SELECT pg_try_advisory_lock_shared(1212501067, hashtext(current_schema()))"
_ALONE: Final = b"SELECT pg_try_advisory_lock(1212501067, hashtext(current_schema()))"
# While other processes hold the lock, the mark says nothing about who has stopped.
_OTHERS: Final = """EXISTS (
    SELECT 1 FROM pg_locks mine JOIN pg_locks theirs USING (locktype, database, classid, objid, objsubid)
    WHERE mine.locktype = 'advisory' AND mine.classid = 1212501067 AND mine.pid = pg_backend_pid()
        AND theirs.pid <> mine.pid)"""
_FOUND: Final = (
    f"SELECT key, value FROM meta WHERE key IN ('run', 'unclean_stops') AND NOT {_OTHERS}".encode()  # noqa: S608 - a constant
)
_BEGIN: Final = (
    b"INSERT INTO meta (key, value) VALUES ('run', 'running'), ('unclean_stops', '0') ON CONFLICT (key) "
    b"DO UPDATE SET value = CASE meta.key WHEN 'run' THEN excluded.value ELSE meta.value END"
)
_COUNT: Final = b"UPDATE meta SET value = %s WHERE key = 'unclean_stops'"
_END: Final = translate(f"UPDATE meta SET value = 'stopped' WHERE key = 'run' AND NOT {_OTHERS}")  # noqa: S608 - a constant
_UNLOCK: Final = translate("SELECT pg_advisory_unlock_all()")


def claim(connection: psycopg.Connection[Any], *, alone: bool) -> None:
    """Claims the database for the session of this connection.

    Raises:
        DatabaseUnusable: a process runs on it (`alone`), or a command has it alone at present.
    """
    if connection.execute(_ALONE if alone else _SHARED).fetchone() == (True,):
        return
    if alone:
        raise DatabaseUnusable(
            "Helix runs on the database of DATABASE_URL, so nothing was changed. Stop it first, on every "
            "machine, then try again."
        )
    raise DatabaseUnusable(
        "The database of DATABASE_URL is being restored, moved or erased at present. Start Helix when that "
        "command has ended."
    )


def begin_run(connection: psycopg.Connection[Any]) -> tuple[bool, int]:
    """Marks that a process runs; returns whether the last one stopped without a close, and how many have.

    The database is claimed and the schema is up to date.
    """
    with connection.transaction():
        found = dict(connection.execute(_FOUND).fetchall())
        stops = found.get("unclean_stops", "0")
        count = int(stops) if stops.isascii() and stops.isdigit() else 0
        unclean = found.get("run") == "running"
        connection.execute(_BEGIN)
        if unclean:
            count += 1
            connection.execute(_COUNT, (str(count),))
    return unclean, count


def end_run(pipeline: Pipeline) -> None:
    """Marks the stop as clean, unless other processes still run, and then gives the lock back.

    The server would give it back only some time after the connection was closed.

    Raises:
        psycopg.Error: it could not be written, which the next start takes for an unclean stop.
    """
    pipeline.forget_error()
    for statement in (_END, _UNLOCK):
        pipeline.send(statement)
        pipeline.wait()
        if pipeline.error is not None:
            raise pipeline.error
