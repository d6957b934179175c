"""Faults of the database server: readable, told to the operator, and no fault of the neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from core.store.errors import StoreError
from core.store.postgres import PostgresStore
from core.store.tx import Tx
from tests.core.store.notes_store import add, in_one_group, notes
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


def failing(code: str) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        add("half")(tx)
        tx.execute(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{code}'; END $$")

    return work


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("53100", "disk of the database server is full"),
        ("53200", "not enough memory"),
        ("57014", "took too long"),
        ("58030", "reported an error"),
        ("25006", "read-only"),
        ("XX001", "damaged"),
    ],
)
async def test_a_fault_is_told_and_spares_the_others(
    server: PostgresServer, code: str, sentence: str
) -> None:
    told: list[Exception | None] = []
    async with opened(server.fresh_url(), on_failure=told.append) as store:
        results = await in_one_group(store, add("a"), failing(code), add("b"))
        assert results[0::2] == ["a", "b"]
        assert isinstance(results[1], StoreError)
        assert sentence in str(results[1])
        assert await notes(store) == ["a", "b"]
        await asyncio.sleep(0)
        assert sentence in str(told[0])
        assert told[-1] is None
        assert store.stats().last_error is None
        assert store.stats().failures >= 1


async def test_a_change_that_takes_too_long_is_stopped(server: PostgresServer) -> None:
    async with opened(server.fresh_url()) as store:

        def slow(tx: Tx) -> None:
            tx.execute("SET LOCAL statement_timeout = 10")
            tx.execute("SELECT pg_sleep(10)").fetchall()

        with pytest.raises(StoreError, match="took too long"):
            await store.write(slow)
        assert await store.write(add("a")) == "a"


async def test_a_read_that_fails_for_a_fault_says_so(store: PostgresStore) -> None:
    def slow(tx: Tx) -> None:
        tx.execute("SET LOCAL statement_timeout = 10")
        tx.execute("SELECT pg_sleep(10)").fetchall()

    with pytest.raises(StoreError, match="took too long"):
        await store.read(slow)
    assert await notes(store) == []


async def test_a_server_that_does_not_answer_counts_as_lost(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.postgres.pipeline.ANSWER_S", 0.2)
    tries: list[int] = []

    def silent_once(tx: Tx) -> str:
        tries.append(1)
        if len(tries) == 1:
            tx.execute("SELECT pg_sleep(5)").fetchall()
        return "done"

    # Without the lock of the writers, which the silent connection would keep.
    assert await store.write(silent_once, order="free") == "done"
    assert len(tries) == 2
