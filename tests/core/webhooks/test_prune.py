"""What has had its time leaves, and what has not costs the writer nothing."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from core.store import Store
from core.store.tx import Tx
from core.webhooks import prune
from core.webhooks.ids import new_id, oldest_id
from core.webhooks.prune import free_keys, prune_received, prune_sent
from tests.manual_clock import ManualClock

EVENTS = 5_000


class Steps:
    """Counts what the writer's SQLite does, in hundreds of its instructions."""

    def __init__(self) -> None:
        self.hundreds = 0

    def count(self) -> int:
        self.hundreds += 1
        return 0

    async def watch(self, store: Store) -> None:
        await store.write(self._install)

    def _install(self, tx: Tx) -> None:
        assert isinstance(tx, sqlite3.Connection)
        tx.set_progress_handler(self.count, 100)


async def fill(store: Store, clock: ManualClock, *, keyed: bool) -> None:
    """So many events that came in, and as many that went out, all of this moment."""
    at = clock.now()

    def work(tx: Tx) -> None:
        tx.executemany(
            "INSERT INTO inbox (id, type, received_us, key, digest, data) VALUES (?, 'x', 0, ?, ?, ?)",
            [(new_id("evt", at), f"key {number}" if keyed else None, b"", b"") for number in range(EVENTS)],
        )
        tx.executemany(
            "INSERT INTO outbox (id, type, at_us, payload) VALUES (?, 'x', 0, ?)",
            [(new_id("msg", at), b"") for _ in range(EVENTS)],
        )

    await store.write(work)


async def count(store: Store, what: str) -> int:
    return await store.read(lambda tx: int(tx.execute(f"SELECT count({what}").fetchone()[0]))


async def test_all_that_is_older_leaves_however_many_there_are(store: Store, clock: ManualClock) -> None:
    await fill(store, clock, keyed=True)
    later = clock.now() + timedelta(seconds=1)
    await free_keys(store, oldest_id("evt", later))
    assert await count(store, "key) FROM inbox") == 0
    assert await prune_received(store, oldest_id("evt", later)) == EVENTS
    assert await prune_sent(store, oldest_id("msg", later)) == EVENTS


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_what_is_not_older_stays_and_costs_the_writer_nothing(store: Store, clock: ManualClock) -> None:
    await fill(store, clock, keyed=True)
    steps = Steps()
    await steps.watch(store)
    await free_keys(store, oldest_id("evt", clock.now()))
    assert await prune_received(store, oldest_id("evt", clock.now())) == 0
    assert await prune_sent(store, oldest_id("msg", clock.now())) == 0
    assert await count(store, "key) FROM inbox") == EVENTS
    assert steps.hundreds < 10


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_keys_that_are_gone_cost_the_writer_nothing(store: Store, clock: ManualClock) -> None:
    await fill(store, clock, keyed=False)
    steps = Steps()
    await steps.watch(store)
    await free_keys(store, oldest_id("evt", clock.now() + timedelta(seconds=1)))
    assert steps.hundreds == 0


async def test_no_piece_holds_the_writer_for_all_of_it(store: Store, clock: ManualClock) -> None:
    await fill(store, clock, keyed=True)
    writes = store.stats().writes
    await free_keys(store, oldest_id("evt", clock.now() + timedelta(seconds=1)))
    assert store.stats().writes - writes == EVENTS // prune._CHUNK
