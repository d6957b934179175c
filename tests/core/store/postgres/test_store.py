"""The store on PostgreSQL as its users meet it: hooks, cancelled callers, a full queue, closing, reads."""

from __future__ import annotations

import asyncio
import threading

import psycopg
import pytest

from core.store.errors import DatabaseUnusable, StoreClosed, StoreError, StoreOverloaded
from core.store.postgres import PostgresStore
from core.store.tx import Tx
from tests.core.store.notes_store import turns
from tests.core.store.postgres.notes import Gate, add, gathered, look, notes, opened
from tests.postgres_server import PostgresServer


async def test_a_read_after_a_write_sees_it(store: PostgresStore) -> None:
    assert await store.write(add("one")) == "one"
    assert await notes(store) == ["one"]


async def test_commit_hooks_run_in_order_before_any_waiter(store: PostgresStore) -> None:
    seen: list[str] = []

    async def one(body: str) -> None:
        await store.write(add(body), on_commit=lambda result: seen.append(f"hook {result}"))
        seen.append(f"waiter {body}")

    async with gathered(store):
        tasks = [asyncio.create_task(one(body)) for body in ("a", "b", "c")]
    await asyncio.gather(*tasks)
    assert seen == ["hook a", "hook b", "hook c", "waiter a", "waiter b", "waiter c"]


async def test_a_failing_hook_takes_success_from_nobody(
    store: PostgresStore, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: str) -> None:
        raise RuntimeError("hook")

    assert await store.write(add("a"), on_commit=hook) == "a"
    assert "store.commit_hook_failed" in caplog.text


async def test_a_cancelled_caller_whose_work_was_taken_is_published(store: PostgresStore) -> None:
    gate = Gate()
    published = asyncio.Event()

    def work(tx: Tx) -> str:
        gate(tx)
        return add("kept")(tx)

    task = asyncio.create_task(store.write(work, on_commit=lambda _: published.set()))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await asyncio.wait_for(published.wait(), 40)
    assert await notes(store) == ["kept"]


async def test_a_cancelled_caller_whose_work_still_waited_changes_nothing(store: PostgresStore) -> None:
    async with gathered(store):
        task = asyncio.create_task(store.write(add("never")))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await store.write(add("after"))
    assert await notes(store) == ["after"]


async def test_a_full_queue_refuses_clearly(server: PostgresServer) -> None:
    async with opened(server.fresh_url(), queue_limit=3) as store:
        async with gathered(store):
            waiting = [asyncio.create_task(store.write(add(f"n{number}"))) for number in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(StoreOverloaded, match="busy"):
                await store.write(add("one too many"))
        await asyncio.gather(*waiting)
        assert await notes(store) == ["n0", "n1", "n2"]


async def test_closing_finishes_what_was_accepted(server: PostgresServer) -> None:
    url = server.fresh_url()
    async with opened(url) as store:
        tasks = [asyncio.create_task(store.write(add(f"n{number}"))) for number in range(600)]
        await asyncio.sleep(0)
    assert len(await asyncio.gather(*tasks)) == 600
    async with opened(url) as again:
        assert len(await notes(again)) == 600


def store_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("helix-store")}


async def test_a_closed_store_says_so_and_may_be_closed_again(server: PostgresServer) -> None:
    before = store_threads()
    async with opened(server.fresh_url()) as store:
        assert store_threads() > before
        await store.close()
        await store.close()
        with pytest.raises(StoreClosed):
            await store.write(add("late"))
        with pytest.raises(StoreClosed):
            await store.read(look)
    assert store_threads() == before


async def test_a_cancelled_opening_leaves_nothing_behind(server: PostgresServer) -> None:
    url = server.fresh_url()

    async def open_one() -> None:
        async with opened(url):
            pass

    before = store_threads()
    opening = asyncio.create_task(open_one())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert store_threads() == before


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


async def test_a_reader_cannot_write(store: PostgresStore) -> None:
    with pytest.raises(StoreError):
        await store.read(lambda tx: tx.execute("DELETE FROM notes").rowcount)
    assert await notes(store) == []


async def test_a_read_whose_statement_is_wrong_leaves_its_connection_usable(store: PostgresStore) -> None:
    for _ in range(4):
        with pytest.raises(psycopg.errors.UndefinedTable):
            await store.read(lambda tx: tx.execute("SELECT * FROM nowhere").fetchall())
        assert await notes(store) == []


async def test_a_read_sees_one_moment_even_while_a_write_commits(store: PostgresStore) -> None:
    between = threading.Event()
    counted = threading.Event()

    def twice(tx: Tx) -> tuple[list[str], list[str]]:
        first = look(tx)
        counted.set()
        assert between.wait(10)
        return first, look(tx)

    reading = asyncio.create_task(store.read(twice))
    assert await asyncio.to_thread(counted.wait, 10)
    await store.write(add("meanwhile"))
    between.set()
    assert await reading == ([], [])


async def test_too_many_reads_are_refused(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.read_threads.READ_LIMIT", 1)
    gate = Gate()
    reading = asyncio.create_task(store.read(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    with pytest.raises(StoreOverloaded):
        await store.read(gate)
    gate.opened.set()
    await reading


async def test_stop_iteration_holds_up_nobody(store: PostgresStore) -> None:
    def stop(_: Tx) -> object:
        return next(iter(()))

    async with asyncio.timeout(40):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await store.read(stop)
        first, stopped, last = await asyncio.gather(
            store.write(lambda _: 1), store.write(stop), store.write(lambda _: 2), return_exceptions=True
        )
    assert (first, last) == (1, 2)
    assert isinstance(stopped, RuntimeError)
