"""The first connection: errors that tell an operator what to do, and poolers that cannot be used."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.store.errors import DatabaseUnusable
from core.store.postgres.connection import Limits, Server, connect

_POOLED: Final = (
    "DATABASE_URL leads to a pooler that gives each transaction another connection (PgBouncer with "
    "pool_mode = transaction). Locks of a session and LISTEN are lost there. Use the address of PostgreSQL "
    "itself, or set pool_mode = session for this database."
)


def open_first(url: str, name: str, limits: Limits) -> tuple[psycopg.Connection[Any], Server]:
    """Connects and checks that the session is kept.

    Raises:
        DatabaseUnusable: the server was not reached or cannot be used; the text says what to do.
    """
    try:
        connection, server = connect(url, name, limits)
    except psycopg.OperationalError as error:
        raise unusable(url, error) from error
    try:
        refuse_pooler(connection, url, limits)
        _require_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection, server


def refuse_pooler(connection: psycopg.Connection[Any], url: str, limits: Limits) -> None:
    """Raises DatabaseUnusable if a pooler lends this connection's session to others between transactions.

    A pooler invents the process number that a client is told at the start. Only then a second connection,
    which stays in a transaction meanwhile, shows whether the first one keeps its session.
    """
    first = _process(connection)
    if first == connection.info.backend_pid:
        return
    other, _ = connect(url, "helix-check", limits)
    try:
        other.execute("BEGIN")
        if _process(other) == first or _process(connection) != first:
            raise DatabaseUnusable(_POOLED)
        other.execute("ROLLBACK")
    except psycopg.errors.ProtocolViolation as error:
        raise DatabaseUnusable(_POOLED) from error  # pool_mode = statement knows no transactions
    finally:
        other.close()


def _require_schema(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE')"
    ).fetchone()
    schema, may_create = row if row is not None else (None, None)
    if schema is None:
        raise DatabaseUnusable(
            "No schema of the search_path of DATABASE_URL exists, or its account may not use it. Make the "
            "schema (CREATE SCHEMA …), or leave search_path out."
        )
    if not may_create:
        raise DatabaseUnusable(
            f"The account of DATABASE_URL may not make tables in the schema {schema}. Let it own the "
            f"database (ALTER DATABASE … OWNER TO …), or GRANT CREATE ON SCHEMA {schema} to it."
        )


def _process(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row is not None else 0


def place(url: str) -> str:
    """Host, port and database of an address, which may hold a password too."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "DATABASE_URL"
    return f"{given.get('host', 'the local socket')}:{given.get('port', 5432)}/{given.get('dbname', '')}"


def unusable(url: str, error: psycopg.Error) -> DatabaseUnusable:
    """The start error for an error of the server or on the way to it."""
    detail = " ".join(str(error).split())
    return DatabaseUnusable(
        f"The database server at {place(url)} cannot be used ({detail}). Check DATABASE_URL, and that "
        "PostgreSQL runs there and lets this account in."
    )
