"""What errors of PostgreSQL mean: a lost connection, a fault of the machine, or a wrong statement."""

from __future__ import annotations

from typing import Final

import psycopg

from core.store.errors import StoreAway, StoreConflict, StoreError, StoreUnknown

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_SENTENCES: Final = {
    "53100": "The disk of the database server is full, so nothing can be saved. Free space there.",
    "53200": "The database server has not enough memory to save this. Try again in a moment.",
    "53300": "The database server accepts no more connections. Raise its max_connections.",
    "55P03": "Another process keeps the database locked. Try again in a moment.",
    "57014": "The database server took too long, so nothing was saved. Try again in a moment.",
    "58030": "The disk of the database server reported an error. Check its volume.",
    "25006": "The database server is read-only. Point DATABASE_URL at the one that accepts changes.",
    "XX001": "The database is damaged. Restore a backup.",
    "XX002": "An index of the database is damaged. Run REINDEX, or restore a backup.",
}
# The server has ended, or is about to end, this connection.
_LOST: Final = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"})
# Two transactions were in each other's way; the same again may succeed.
_RETRIED: Final = frozenset({"40001", "40P01"})
# A prepared statement is gone or out of date, since another process has changed the schema.
_STALE: Final = frozenset({"0A000", "26000"})


class ConnectionLost(psycopg.OperationalError):
    """The connection has ended, so that what was not answered may or may not have been done."""


def is_lost(error: BaseException) -> bool:
    """Whether the connection that raised it cannot be used any more."""
    if isinstance(error, ConnectionLost):
        return True
    code = _code(error)
    return code is not None and (code in _LOST or code.startswith("08"))


def is_stale(error: BaseException) -> bool:
    """Whether the statements prepared on the connection have to be prepared anew."""
    return _code(error) in _STALE


def is_passing(error: BaseException) -> bool:
    """Whether the same may succeed when it is tried again, by itself."""
    return is_lost(error) or is_stale(error) or _code(error) in _RETRIED


def concerns_all(error: BaseException) -> bool:
    """Whether every other change would fail for the same reason, after a wait: the server or its lock."""
    return isinstance(error, StoreAway | StoreUnknown) or _code(error) == "55P03"


def fault(error: BaseException) -> StoreError | None:
    """The readable error for a fault of the machine; None if the statement itself was wrong."""
    if is_lost(error):
        return _caused(StoreError("The connection to the database server was lost. Try again."), error)
    sentence = _SENTENCES.get(_code(error) or "")
    return None if sentence is None else _caused(StoreError(sentence), error)


def readable(error: BaseException) -> BaseException:
    """The error for the caller: readable for a fault or a broken constraint, else the original."""
    if isinstance(error, psycopg.IntegrityError):
        return _caused(StoreConflict(f"The change breaks a rule of the database: {error}"), error)
    return fault(error) or error


def _caused(made: StoreError, error: BaseException) -> StoreError:
    made.__cause__ = error
    return made


def _code(error: BaseException) -> str | None:
    return error.sqlstate if isinstance(error, psycopg.Error) else None
