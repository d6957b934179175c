"""Reads on SQLite, each thread over a read-only connection."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from core.store.engine.read_threads import ReadThreads
from core.store.sqlite.faults import store_error

T = TypeVar("T")


class Readers(ReadThreads[sqlite3.Connection]):
    """Reads over connections that `connect` opens."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__()
        self._make = connect

    def _connect(self) -> sqlite3.Connection:
        return self._make()

    def _disconnect(self, connection: sqlite3.Connection) -> None:
        connection.close()

    def _read(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("BEGIN")
            return work(connection)
        except sqlite3.Error as error:
            raise store_error(error) or error from None
        finally:
            # If this fails, the next read begins with another ROLLBACK.
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
