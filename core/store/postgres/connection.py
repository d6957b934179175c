"""Opens connections to PostgreSQL with the settings that are safe here, and refuses servers that are not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.store.errors import DatabaseUnusable, StoreAway
from core.store.postgres.faults import ConnectionLost, is_lost
from core.store.postgres.pipeline import Pipeline

OLDEST_SERVER: Final = 15
# Between two tries to connect.
BACK_OFF_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0)
# Noticing a dead network takes 5 s of silence and 3 probes, or 10 s with something sent.
_LINK: Final[Mapping[str, str | int]] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "target_session_attrs": "read-write",
}
_SETTINGS: Final[Mapping[str, str]] = {
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "standard_conforming_strings": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "jit": "off",
}
AWAY: Final = "The database server cannot be reached. Helix connects again by itself."


class Limits(msgspec.Struct, frozen=True):
    """How long the server lets a connection hold things.

    Attributes:
        idle_in_transaction_ms: after this without a statement, the server ends a connection with an open
            transaction; so a frozen process does not keep the lock of the writers.
        lock_ms: how long a statement waits for a lock.
        statement_ms: how long a statement may take.
    """

    idle_in_transaction_ms: int = 1_000
    lock_ms: int = 5_000
    statement_ms: int = 25_000


class Server(msgspec.Struct, frozen=True):
    """Which server a connection has reached, and which of its processes serves it.

    Attributes:
        version: such as "15.14".
        system: the identifier that initdb gave; 0 if the account may not know it.
        process: the number of the process; behind a pooler not the one that the client is told.
        begun: when that process began, since numbers are used again.
    """

    version: str
    system: int
    process: int
    begun: str


def connect(url: str, name: str, limits: Limits) -> tuple[psycopg.Connection[Any], Server]:
    """A connection in autocommit mode, set up and checked.

    Raises:
        psycopg.OperationalError: the server was not reached, or refused the account.
        DatabaseUnusable: the address or the server is not usable; the text says what to do.
    """
    try:
        given = conninfo_to_dict(url)
        conninfo = make_conninfo("", **{"application_name": name, **_LINK, **given})
        connection = psycopg.connect(conninfo, autocommit=True)
    except psycopg.ProgrammingError as error:
        raise DatabaseUnusable(
            f"DATABASE_URL is not an address of PostgreSQL ({str(error).strip()}). "
            "It looks like postgresql://user:password@host:5432/database."
        ) from error
    try:
        _require_version(connection)
        _set_up(connection, limits)
        return connection, _server(connection)
    except BaseException:
        connection.close()
        raise


def _require_version(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version
    if version < OLDEST_SERVER * 10_000:
        raise DatabaseUnusable(
            f"The database server is PostgreSQL {version // 10_000}; Helix needs {OLDEST_SERVER} or newer. "
            "Upgrade it (pg_upgrade, or pg_dump and restore), or point DATABASE_URL at a newer one."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"The database has the encoding {encoding}, and Helix needs UTF8. Make one with: "
            "CREATE DATABASE helix ENCODING 'UTF8' TEMPLATE template0"
        )


def _set_up(connection: psycopg.Connection[Any], limits: Limits) -> None:
    settings = {
        **_SETTINGS,
        "idle_in_transaction_session_timeout": str(limits.idle_in_transaction_ms),
        "lock_timeout": str(limits.lock_ms),
        "statement_timeout": str(limits.statement_ms),
    }
    # What is acknowledged has to be on the server's disk, whatever its administrator prefers for others.
    if connection.execute("SHOW synchronous_commit").fetchone() == ("off",):
        settings["synchronous_commit"] = "on"
    names = ", ".join("set_config(%s, %s, false)" for _ in settings)
    pairs = [part for pair in settings.items() for part in pair]
    connection.execute(f"SELECT {names}".encode(), pairs)


def _server(connection: psycopg.Connection[Any]) -> Server:
    row = connection.execute(
        "SELECT current_setting('server_version'), pid, backend_start::text "
        "FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    ).fetchone()
    if row is None:
        raise ConnectionLost("the server did not say which of its processes this is")
    try:
        system = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    except psycopg.errors.InsufficientPrivilege:
        system = None  # some hosts keep it to themselves
    return Server(
        version=str(row[0]).partition(" ")[0],
        system=int(system[0]) if system is not None else 0,
        process=int(row[1]),
        begun=str(row[2]),
    )


class Link:
    """A connection that is made again after a loss, not more often than `BACK_OFF_S` allows.

    Args:
        url: the address.
        name: what the server calls this connection.
        limits: how long the server lets it hold things.
        prepare: called with each new connection before its first use.
        longest_pause_s: no pause between two tries to connect is longer.

    Attributes:
        server: the one reached last; None before the first connection.
    """

    def __init__(
        self,
        url: str,
        name: str,
        limits: Limits,
        *,
        prepare: Callable[[psycopg.Connection[Any]], None] | None = None,
        longest_pause_s: float = BACK_OFF_S[-1],
    ) -> None:
        self._longest_pause_s = longest_pause_s
        self._url = url
        self._name = name
        self._limits = limits
        self._prepare = prepare
        self._pipeline: Pipeline | None = None
        self._waits = 0
        self._failures = 0
        self._next_try = 0.0
        self.server: Server | None = None

    @property
    def waits(self) -> int:
        """How often the thread has waited for answers, over all connections."""
        return self._waits + (self._pipeline.waits if self._pipeline is not None else 0)

    @property
    def is_up(self) -> bool:
        """Whether there is a connection that has not failed yet."""
        return self._pipeline is not None

    @property
    def is_away(self) -> bool:
        """Whether the last try to connect has failed."""
        return self._failures > 0

    @property
    def pause_s(self) -> float:
        """Seconds until the next try is allowed."""
        return max(0.0, self._next_try - time.monotonic())

    def adopt(self, connection: psycopg.Connection[Any], server: Server) -> Pipeline:
        """Uses a connection that was made elsewhere."""
        self.server = server
        self._failures, self._next_try = 0, 0.0
        self._pipeline = Pipeline(connection)
        return self._pipeline

    def open(self) -> Pipeline:
        """The connection; a new one after a loss.

        Raises:
            StoreAway: the server was not reached, or the next try is not due yet.
        """
        if self._pipeline is not None:
            return self._pipeline
        if self.pause_s:
            raise StoreAway(AWAY)
        try:
            return self.adopt(*self._connect())
        except (psycopg.Error, DatabaseUnusable) as error:
            pause_s = BACK_OFF_S[min(self._failures, len(BACK_OFF_S) - 1)]
            self._next_try = time.monotonic() + min(pause_s, self._longest_pause_s)
            self._failures += 1
            raise StoreAway(AWAY) from error

    def _connect(self) -> tuple[psycopg.Connection[Any], Server]:
        connection, server = connect(self._url, self._name, self._limits)
        try:
            if self._prepare is not None:
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection, server

    def is_sound(self) -> bool:
        """Whether the connection has not ended, as far as this machine knows; drops one that has."""
        if self._pipeline is not None and self._pipeline.has_ended():
            self.lose()
        return self.is_up

    def lose(self) -> None:
        """Drops a connection that has ended or cannot be used any more."""
        if self._pipeline is not None:
            self._waits += self._pipeline.waits
            with suppress(psycopg.Error):
                self._pipeline.close()
            self._pipeline = None

    def lose_after(self, error: BaseException) -> bool:
        """Drops the connection if the error has ended it; tells whether it has."""
        lost = is_lost(error)
        if lost:
            self.lose()
        return lost
