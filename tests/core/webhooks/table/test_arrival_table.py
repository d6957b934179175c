"""One group of arrivals: both engines answer the same, and PostgreSQL needs one wait for it."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg
import pytest

from core.store.postgres import PostgresStore
from core.store.schema import CORE_MIGRATIONS
from core.store.tx import Tx
from core.webhooks.inbox import Accepted, IdempotencyConflict, Inbox, Incoming
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from core.webhooks.table import handling_table
from core.webhooks.table.arrival_table import Arrival, KeyTaken, insert
from tests.core.store.notes_store import turns
from tests.manual_clock import ManualClock
from tests.postgres_server import PostgresServer
from tests.stores import Stores

THEIRS = (
    "INSERT INTO inbox (id, key, type, received_us, digest, data) VALUES (%s, %s, 'ucf.update', 1, %s, '{}')"
)
MIGRATIONS = (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.emptied_url(MIGRATIONS)


@pytest.fixture
async def on_postgres(url: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(url, MIGRATIONS, app_version="test")
    yield store
    await store.close()


@pytest.fixture
def on_sqlite() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in MIGRATIONS:
            for statement in migration.statements:
                connection.execute(statement)
        yield connection


def arrival(
    name: str, key: str | None = None, body_key: str | None = None, *, digest: bytes = b"d", handlers: int = 1
) -> Arrival:
    names = tuple(f"handler{number}" for number in range(handlers))
    return Arrival(name, "ucf.update", 7, key, body_key, digest, b"{}", names)


def put(tx: Tx, arrivals: Sequence[Arrival]) -> Sequence[object]:
    return [str(each) if isinstance(each, Exception) else each for each in insert(tx, arrivals)]


def put_at_once(tx: Tx, arrivals: Sequence[Arrival]) -> Sequence[object]:
    results = insert.results(arrivals, insert.send(tx, arrivals))
    return [str(each) if isinstance(each, Exception) else each for each in results]


def stored(tx: Tx) -> tuple[list[Any], list[Any]]:
    events = tx.execute("SELECT id, type, received_us, key, body_key, digest, data FROM inbox ORDER BY seq")
    handlings = "SELECT id, handler, status, next_us FROM handling JOIN inbox ON seq = event ORDER BY seq, 2"
    return events.fetchall(), tx.execute(handlings).fetchall()


@pytest.mark.parametrize("field", ["key", "body_key"])
async def test_both_engines_answer_the_same(
    on_postgres: PostgresStore, on_sqlite: sqlite3.Connection, field: str
) -> None:
    drawn = random.Random(field)
    for turn in range(40):
        group = [
            arrival(
                f"evt-{turn}-{number}",
                **{field: drawn.choice([None, *(f"k{key}" for key in range(60))])},
                digest=drawn.choice([b"d", b"\0e"]),
                handlers=drawn.randrange(3),
            )
            for number in range(drawn.choice([1, 2, 5, 30]))
        ]
        answers = await on_postgres.write(lambda tx, group=group: put_at_once(tx, group))  # type: ignore[misc]  # the default binds it
        assert answers == put(on_sqlite, group)
    assert await on_postgres.read(stored) == stored(on_sqlite)


async def test_the_holder_of_either_key_is_named(stores: Stores) -> None:
    async with stores.opened(MIGRATIONS) as store:
        assert await store.write_item(arrival("a", "key", "body"), insert) == accepted("a")
        assert await store.write_item(arrival("b", "other", "body"), insert) == accepted("a", is_new=False)
        assert await store.write_item(arrival("c", "key"), insert) == accepted("a", is_new=False)
        with pytest.raises(IdempotencyConflict):
            await store.write_item(arrival("d", "key", digest=b"e"), insert)
        # The key counts before the body.
        assert await store.write_item(arrival("e", "last", digest=b"e"), insert) == accepted("e")
        with pytest.raises(IdempotencyConflict):
            await store.write_item(arrival("f", "last", "body"), insert)


async def test_a_group_that_runs_again_gives_the_same_answers(on_postgres: PostgresStore) -> None:
    group = [arrival("a", "k"), arrival("b"), arrival("c", "k")]
    answers = [await on_postgres.write(lambda tx: put_at_once(tx, group)) for _ in range(2)]
    assert answers == [[accepted("a"), accepted("b"), accepted("a", is_new=False)]] * 2
    events, handlings = await on_postgres.read(stored)
    assert (len(events), len(handlings)) == (2, 2)


async def test_a_group_costs_one_wait_and_is_numbered_as_it_came(on_postgres: PostgresStore) -> None:
    inbox = Inbox(on_postgres, ManualClock())
    await on_postgres.write_item(arrival("first", "first"), insert)
    before = on_postgres.stats()
    came = [f"{number % 7}-{number}" for number in range(200)]
    await asyncio.gather(*(inbox.accept(incoming(key)) for key in came))
    after = on_postgres.stats()
    assert after.waits - before.waits == after.groups - before.groups < 20
    events, _ = await on_postgres.read(stored)
    assert [event[3] for event in events[1:]] == came


async def test_an_attempt_begins_with_one_look(on_postgres: PostgresStore) -> None:
    await on_postgres.write_item(arrival("first"), insert)
    before = on_postgres.stats().waits
    begun = await on_postgres.write(lambda tx: handling_table.begin(tx, "handler0", 9))
    assert begun == (1, 1, 9, "first", "ucf.update", b"{}", 7)
    assert on_postgres.stats().waits - before == 3  # two for any change, and the look


async def test_a_key_that_another_process_stores_meanwhile_is_looked_up(
    on_postgres: PostgresStore, url: str, clock: ManualClock
) -> None:
    with psycopg.connect(url) as other:
        other.execute(THEIRS, ("theirs", "k", hashlib.sha256(b"ucf.update\0{}").digest()))
        waiting = asyncio.create_task(Inbox(on_postgres, clock).accept(incoming("k")))
        await blocked(other)
        other.commit()
        assert await waiting == accepted("theirs", is_new=False)
        other.execute(THEIRS, ("more", "l", b"d"))
        alone = asyncio.create_task(on_postgres.write_item(arrival("ours", "l"), insert))
        await blocked(other)
        other.commit()
        with pytest.raises(KeyTaken):
            await alone


async def blocked(other: psycopg.Connection[Any]) -> None:
    """Returns once a connection waits for another."""
    async with asyncio.timeout(20):
        while other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is None:
            await turns()


def incoming(key: str) -> Incoming:
    return Incoming(type="ucf.update", data=b"{}", key=key, handlers=("one",))


def accepted(event: str, *, is_new: bool = True) -> Accepted:
    return Accepted(id=event, type="ucf.update", duplicate=not is_new)
