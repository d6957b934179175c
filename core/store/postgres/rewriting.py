"""Writes the tables anew, so that the server's files keep nothing that was deleted."""

from __future__ import annotations

from core.store.postgres.connection import Limits
from core.store.postgres.opening import open_first


def rewrite_tables(url: str) -> None:
    """Writes all tables of the schema anew; blocks, and nothing else may use them meanwhile.

    Raises:
        DatabaseUnusable: the server was not reached.
        psycopg.Error: it refused.
    """
    connection, _ = open_first(url, "helix-rewrite", Limits())
    try:
        connection.execute("SET statement_timeout = 0")
        names = connection.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchall()
        for (name,) in names:
            connection.execute(f"VACUUM FULL {name}".encode())
    finally:
        connection.close()
