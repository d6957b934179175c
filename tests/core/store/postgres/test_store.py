"""Addresses that the store on PostgreSQL refuses, its figures, and a read that fails."""

from __future__ import annotations

import psycopg
import pytest

from core.store.errors import DatabaseUnusable
from core.store.postgres import PostgresStore
from tests.core.store.notes_store import add, notes
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


async def test_a_server_that_is_not_there_is_named(server: PostgresServer) -> None:
    url = server.url().replace(f":{server.port}/", ":1/")
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1:1/postgres .*Check DATABASE_URL"):
        async with opened(url):
            pass


async def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(DatabaseUnusable, match="It looks like postgresql://"):
        async with opened("mysql://localhost/helix"):
            pass


async def test_stats_tell_counts(store: PostgresStore) -> None:
    await store.write(add("a"))
    await notes(store)
    stats = store.stats()
    assert (stats.writes, stats.reads, stats.waiting) == (1, 1, 0)
    assert (stats.last_error, stats.gone) == (None, None)
    assert stats.last_commit_s is not None
    assert stats.last_commit_s >= 0
    assert stats.engine.startswith("PostgreSQL 1")
    assert stats.size_bytes > 0
    assert "/postgres" in store.place
    assert store.recovery.first_start


async def test_a_read_whose_statement_is_wrong_leaves_its_connection_usable(store: PostgresStore) -> None:
    for _ in range(4):
        with pytest.raises(psycopg.errors.UndefinedTable):
            await store.read(lambda tx: tx.execute("SELECT * FROM nowhere").fetchall())
        assert await notes(store) == []
