"""Statements and their rows on a real server, the waits that they cost, and errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from core.store.postgres import pipeline as pipeline_module
from core.store.postgres.connection import Limits, connect
from core.store.postgres.faults import ConnectionLost
from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import translate
from core.store.postgres.tx import PgTx
from tests.postgres_server import PostgresServer


@pytest.fixture
def pipeline(server: PostgresServer) -> Iterator[Pipeline]:
    connection, _ = connect(server.fresh_url(), "helix-test", Limits())
    made = Pipeline(connection)
    yield made
    made.close()


@pytest.fixture
def tx(pipeline: Pipeline) -> PgTx:
    pipeline.send(translate("BEGIN"))
    opened = PgTx(pipeline, has_savepoints=True)
    opened.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT UNIQUE, share FLOAT8, raw BYTEA)")
    return opened


ROWS: list[tuple[Any, ...]] = [
    (1, "a", 0.1, b"\0\xff"),
    (-(2**63), "", -1e300, b""),
    (2**63 - 1, "ü → 🜂", 5.0, None),
    (3, None, None, b"x" * 100_000),
]


def test_rows_come_back_as_from_sqlite(tx: PgTx) -> None:
    insert = "INSERT INTO notes (id, body, share, raw) VALUES (?, ?, ?, ?)"
    select = "SELECT id, body, share, raw, id = 3, count(*) OVER () FROM notes ORDER BY id"
    assert tx.executemany(insert, ROWS).rowcount == len(ROWS)
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE, share REAL, raw BLOB)")
        other.executemany(insert, ROWS)
        assert tx.execute(select).fetchall() == other.execute(select).fetchall()


def test_sums_are_int_and_averages_float(tx: PgTx) -> None:
    row = tx.execute(
        "SELECT sum(n), avg(n), sum(n) / 2.5 FROM (VALUES (1::int8), (3::int8)) AS t (n)"
    ).fetchone()
    assert row == (4, 2.0, 1.6)
    assert [type(value) for value in row] == [int, float, float]


def test_documents_come_back_as_text(tx: PgTx) -> None:
    assert tx.execute("""SELECT '{"a": 1}'::json, '[1]'::jsonb""").fetchone() == ('{"a": 1}', "[1]")


def test_a_list_is_an_array(tx: PgTx) -> None:
    query = "SELECT a, b, c FROM unnest(?::text[], ?::int8[], ?::bytea[]) AS t (a, b, c)"
    lists: Any = (["x", None], [1, 2], [b"\0", None])
    assert tx.execute(query, lists).fetchall() == [("x", 1, b"\0"), (None, 2, None)]
    assert tx.execute(query, ([], [], [])).fetchall() == []  # type: ignore[arg-type]  # as above


def test_rows_are_read_one_by_one_or_together(tx: PgTx) -> None:
    rows = tx.execute("SELECT n FROM generate_series(1, 4) AS t (n)")
    assert rows.fetchone() == (1,)
    assert next(iter(rows)) == (2,)
    assert rows.fetchall() == [(3,), (4,)]
    assert rows.fetchone() is None


def test_statements_whose_rows_nobody_reads_are_not_waited_for(pipeline: Pipeline, tx: PgTx) -> None:
    for number in range(50):
        tx.execute("INSERT INTO notes (id, body) VALUES (?, ?)", (number, str(number)))
    assert pipeline.waits == 0
    assert tx.execute("SELECT count(*) FROM notes").fetchone() == (50,)
    assert pipeline.waits == 1


def test_an_error_is_raised_where_rows_are_read_and_by_all_that_follows(pipeline: Pipeline, tx: PgTx) -> None:
    tx.execute("INSERT INTO notes (id) VALUES (1)")
    tx.execute("INSERT INTO notes (id) VALUES (1)")
    assert pipeline.error is None
    with pytest.raises(psycopg.IntegrityError):
        tx.execute("SELECT 1").fetchone()
    with pytest.raises(psycopg.IntegrityError):
        tx.execute("SELECT 2")
    pipeline.send(translate("ROLLBACK"))
    pipeline.wait()
    pipeline.forget_error()
    assert PgTx(pipeline, has_savepoints=False).execute("SELECT 3").fetchone() == (3,)


def test_a_savepoint_is_undone_with_what_is_in_it(tx: PgTx) -> None:
    tx.release()
    tx.execute("INSERT INTO notes (id) VALUES (1)")
    tx.undo()
    tx.execute("INSERT INTO notes (id) VALUES (2)")
    tx.release()
    assert tx.execute("SELECT id FROM notes").fetchall() == [(2,)]


def test_a_failed_preparation_is_not_kept(pipeline: Pipeline) -> None:
    tx = PgTx(pipeline, has_savepoints=False)
    with pytest.raises(psycopg.errors.UndefinedTable):
        tx.execute("SELECT * FROM later").fetchall()
    pipeline.forget_error()
    tx.execute("CREATE TABLE later (n BIGINT)")
    assert tx.execute("SELECT * FROM later").fetchall() == []


def test_prepared_statements_have_a_bound(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline_module, "PREPARED_LIMIT", 3)
    tx = PgTx(pipeline, has_savepoints=False)
    for number in [*range(10), *range(10)]:
        assert tx.execute(f"SELECT {number}").fetchone() == (number,)
    (kept,) = tx.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'helix%'").fetchone()
    assert kept <= 3


def test_much_may_be_sent_before_anything_is_read(pipeline: Pipeline, tx: PgTx) -> None:
    """Answers of 16 MB fill every buffer between the two."""
    sent = [tx.execute("SELECT repeat('x', 1000000), ?", ("y" * 100_000,)) for _ in range(16)]
    assert [len(rows.fetchone()[0]) for rows in sent] == [1_000_000] * 16
    assert pipeline.waits == 1


def test_a_lost_connection_is_told_apart(server: PostgresServer, pipeline: Pipeline) -> None:
    tx = PgTx(pipeline, has_savepoints=False)
    server.execute(f"SELECT pg_terminate_backend({pipeline._pgconn.backend_pid})")
    with pytest.raises((ConnectionLost, psycopg.errors.AdminShutdown)):
        tx.execute("SELECT 1").fetchone()
    with pytest.raises(ConnectionLost):
        pipeline.wait()


def test_many_rows_are_written_without_a_wait_of_their_own(pipeline: Pipeline, tx: PgTx) -> None:
    """Their answers fill the buffers, so that they have to be taken in while more is sent."""
    written = tx.executemany(
        "INSERT INTO notes (id, body) VALUES (?, ?)",
        ((number, f"{number:0200d}") for number in range(50_000)),
    )
    assert pipeline.waits == 0
    assert written.rowcount == 50_000
    assert pipeline.waits == 1
