"""Whether the last process closed the store: table `meta` says "running" from an opening to a close."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import translate

# While other processes hold the lock of `presence.py`, the mark says nothing about who has stopped.
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


def begin_run(connection: psycopg.Connection[Any]) -> tuple[bool, int]:
    """Marks that a process runs; returns whether the last one stopped without a close, and how many have.

    The lock of `presence.py` is held and the schema is up to date.
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
    """Marks the stop as clean, unless other processes still run.

    Raises:
        psycopg.Error: it could not be written, which the next start takes for an unclean stop.
    """
    pipeline.forget_error()
    pipeline.send(_END)
    pipeline.wait()
    if pipeline.error is not None:
        raise pipeline.error
