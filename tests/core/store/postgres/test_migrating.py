"""The schema on PostgreSQL: translated, applied once, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from core.store.errors import DatabaseTooNew, DatabaseUnusable
from core.store.migrations import Migration
from core.store.postgres.connection import Limits, connect
from core.store.postgres.ddl import for_postgres
from core.store.postgres.migrating import migrate
from core.store.schema import CORE_MIGRATIONS
from core.store.tx import Sql
from state.schema import STATE_MIGRATIONS
from tests.core.store.notes_store import ALL
from tests.postgres_server import PostgresServer

HELIX = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)


@pytest.fixture
def url(server: PostgresServer) -> str:
    return server.fresh_url()


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    opened, _ = connect(url, "helix-test", Limits())
    with opened:
        yield opened


def columns(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    query = (
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s"
    )
    return dict(connection.execute(query, (table,)).fetchall())


def test_every_table_of_helix_is_made(connection: psycopg.Connection[Any]) -> None:
    result = migrate(connection, HELIX, "0.1.0")
    assert set(result.applied) == {migration.number for migration in HELIX}
    assert result.backup is None
    assert columns(connection, "inbox") == {
        "seq": "bigint", "id": "text", "type": "text", "received_us": "bigint", "key": "text",
        "digest": "bytea", "data": "bytea", "body_key": "text",
    }  # fmt: skip
    assert columns(connection, "forecasts")["low"] == "double precision"
    assert {"members", "leases", "feed"} <= {
        row[0] for row in connection.execute("SELECT tablename FROM pg_tables")
    }


def test_texts_are_ordered_by_their_bytes(connection: psycopg.Connection[Any]) -> None:
    migrate(connection, ALL, "0.1.0")
    for body in ("a", "B", "ä", "Z"):
        connection.execute("INSERT INTO notes (body) VALUES (%s)", (body,))
    assert connection.execute("SELECT body FROM notes ORDER BY body").fetchall() == [
        ("B",),
        ("Z",),
        ("a",),
        ("ä",),
    ]


def test_a_column_without_case_is_indexed_in_lower_case() -> None:
    texts = for_postgres(STATE_MIGRATIONS[:1])[10]
    assert "CREATE INDEX journal_by_subject ON journal (lower(subject), id)" in texts
    assert not [text for text in texts if "NOCASE" in text]


def test_a_second_start_applies_nothing(connection: psycopg.Connection[Any]) -> None:
    migrate(connection, ALL, "0.1.0")
    again = migrate(connection, ALL, "0.2.0")
    assert (again.applied, again.version) == ((), 11)
    assert connection.execute("SELECT value FROM meta").fetchall() == [("0.2.0",)]


def test_two_processes_at_once_apply_each_step_once(url: str) -> None:
    def start(_turn: int) -> Sequence[int]:
        opened, _server = connect(url, "helix-test", Limits())
        with opened:
            return migrate(opened, ALL, "0.1.0").applied

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4)), key=len)[:3] == [(), (), ()]


def test_a_newer_schema_is_refused_by_the_name_of_its_writer(connection: psycopg.Connection[Any]) -> None:
    migrate(connection, (*ALL, Migration(12, "later", ())), "9.0.0")
    with pytest.raises(DatabaseTooNew, match=r"Helix 9\.0\.0 \(schema step 12\)"):
        migrate(connection, ALL, "0.1.0")


def test_a_failing_step_changes_nothing(connection: psycopg.Connection[Any]) -> None:
    broken = Migration(12, "broken", ("CREATE TABLE made (n INTEGER)", "CREATE TABLE made (n INTEGER)"))
    with pytest.raises(DatabaseUnusable, match=r"Schema step 12 \(broken\) failed: .*already exists"):
        migrate(connection, (*ALL, broken), "0.1.0")
    assert columns(connection, "made") == {}
    assert columns(connection, "notes") == {}


def test_a_statement_with_two_forms_takes_the_one_of_postgresql(connection: psycopg.Connection[Any]) -> None:
    both = Sql(sqlite="CREATE TABLE pages USING fts5(x)", postgres="CREATE TABLE pages (x TSVECTOR)")
    migrate(connection, (*ALL, Migration(12, "pages", (both,))), "0.1.0")
    assert columns(connection, "pages") == {"x": "tsvector"}


def test_a_statement_of_sqlite_alone_is_refused_before_anything_changes(
    connection: psycopg.Connection[Any],
) -> None:
    foreign = Migration(12, "search", ("CREATE VIRTUAL TABLE pages USING fts5(x)",))
    with pytest.raises(DatabaseUnusable, match="only SQLite takes"):
        migrate(connection, (*ALL, foreign), "0.1.0")
    assert columns(connection, "notes") == {}


def test_two_migrations_of_one_number_are_a_mistake(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(ValueError, match="share a number"):
        migrate(connection, (*ALL, *ALL), "0.1.0")


def test_an_account_that_may_not_make_tables_is_told_what_it_needs(server: PostgresServer) -> None:
    server.execute("CREATE SCHEMA closed")
    server.execute("DROP ROLE IF EXISTS guest")
    server.execute("CREATE ROLE guest LOGIN")
    server.execute("GRANT USAGE ON SCHEMA closed TO guest")
    opened, _ = connect(server.url("closed").replace("helix@", "guest@"), "helix-test", Limits())
    with opened, pytest.raises(DatabaseUnusable, match="GRANT CREATE ON SCHEMA"):
        migrate(opened, ALL, "0.1.0")
