"""What each engine promises: groups, hooks, cancelled callers, a full queue, closing, and reads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import pytest

from core.store import Store
from core.store.errors import StoreClosed, StoreError, StoreOverloaded
from core.store.tx import Tx
from tests.core.store.notes_store import (
    ALL,
    Gate,
    add,
    gathered,
    in_one_group,
    look,
    notes,
    store_threads,
    turns,
)
from tests.stores import Stores


@pytest.fixture
async def store(stores: Stores) -> AsyncIterator[Store]:
    async with stores.opened(ALL) as opened:
        yield opened


async def test_what_waits_shares_one_commit(store: Store) -> None:
    before = store.stats().groups
    results = await in_one_group(store, *(add(f"n{number}") for number in range(20)))
    assert results == [f"n{number}" for number in range(20)]
    assert store.stats().groups == before + 2  # the gate's, and one for all twenty
    assert store.stats().largest_group == 20


async def test_a_group_is_cut_where_its_time_is_up(
    store: Store, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"core.store.{stores.engine}.group_commit.GROUP_TIME_S", -1.0)
    before = store.stats().groups
    results = await in_one_group(store, *(add(f"n{number}") for number in range(5)))
    assert results == [f"n{number}" for number in range(5)]
    assert store.stats().groups == before + 6


async def test_a_group_is_cut_where_it_holds_enough(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.engine.write_queue.GROUP_LIMIT", 4)
    results = await in_one_group(store, *(add(f"n{number}") for number in range(10)))
    assert results == [f"n{number}" for number in range(10)]
    assert store.stats().largest_group == 4


calls: list[tuple[str, ...]] = []


def add_many(tx: Tx, bodies: Sequence[str]) -> list[str | Exception]:
    calls.append(tuple(bodies))
    for body in bodies:
        add(body)(tx)
    return [body for body in bodies if body != "short"]


def other_kind(tx: Tx, bodies: Sequence[str]) -> list[str | Exception]:
    return add_many(tx, bodies)


async def items_in_one_group(store: Store, *bodies: str) -> list[str | BaseException]:
    calls.clear()
    kinds = {"other": other_kind}
    async with gathered(store):
        tasks = [
            asyncio.create_task(
                store.write(add(body))
                if body == "plain"
                else store.write_item(body, kinds.get(body, add_many))
            )
            for body in bodies
        ]
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_neighbours_share_one_call_and_a_work_between_them_keeps_its_place(store: Store) -> None:
    bodies = ["a", "b", "plain", "c", "other", "d"]
    assert await items_in_one_group(store, *bodies) == bodies
    assert calls == [("a", "b"), ("c",), ("other",), ("d",)]
    assert await notes(store) == bodies


async def test_a_call_that_gives_too_few_results_is_told_to_all_and_keeps_nothing(store: Store) -> None:
    first, short = await items_in_one_group(store, "a", "short")
    assert first == "a"
    assert isinstance(short, ValueError)
    assert await notes(store) == ["a"]


async def test_commit_hooks_run_in_order_before_any_waiter(store: Store) -> None:
    seen: list[str] = []

    async def one(body: str) -> None:
        await store.write(add(body), on_commit=lambda result: seen.append(f"hook {result}"))
        seen.append(f"waiter {body}")

    async with gathered(store):
        tasks = [asyncio.create_task(one(body)) for body in ("a", "b", "c")]
    await asyncio.gather(*tasks)
    assert seen == ["hook a", "hook b", "hook c", "waiter a", "waiter b", "waiter c"]


async def test_a_failing_hook_takes_success_from_nobody(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: str) -> None:
        raise RuntimeError("hook")

    assert await store.write(add("a"), on_commit=hook) == "a"
    assert "store.commit_hook_failed" in caplog.text


async def test_a_cancelled_caller_whose_work_was_taken_is_published(store: Store) -> None:
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


async def test_a_cancelled_caller_whose_work_still_waited_changes_nothing(store: Store) -> None:
    async with gathered(store):
        task = asyncio.create_task(store.write(add("never")))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await store.write(add("after"))
    assert await notes(store) == ["after"]


async def test_a_work_that_raises_stop_iteration_holds_up_nobody(store: Store) -> None:
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


async def test_a_full_queue_refuses_clearly(stores: Stores) -> None:
    async with stores.opened(ALL, queue_limit=3) as store:
        async with gathered(store):
            waiting = [asyncio.create_task(store.write(add(f"n{number}"))) for number in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(StoreOverloaded, match="busy"):
                await store.write(add("one too many"))
        await asyncio.gather(*waiting)
        assert await notes(store) == ["n0", "n1", "n2"]


async def test_closing_finishes_what_was_accepted(stores: Stores) -> None:
    async with stores.opened(ALL) as store:
        tasks = [asyncio.create_task(store.write(add(f"n{number}"))) for number in range(600)]
        await asyncio.sleep(0)
    assert len(await asyncio.gather(*tasks)) == 600
    async with stores.opened(ALL) as again:
        assert len(await notes(again)) == 600


async def test_a_closed_store_says_so_and_may_be_closed_again(stores: Stores) -> None:
    before = store_threads()
    store = await stores.open(ALL)
    assert store_threads() > before
    await store.close()
    await store.close()
    with pytest.raises(StoreClosed):
        await store.write(add("late"))
    with pytest.raises(StoreClosed):
        await store.read(look)
    assert store_threads() == before


async def test_after_an_error_of_the_writer_the_stop_was_not_clean(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    async with stores.opened(ALL) as store:
        with monkeypatch.context() as patched:
            patched.setattr(f"core.store.{stores.engine}.group_commit.GroupCommit.commit", broken)
            with pytest.raises(StoreError, match="Restart Helix"):
                await store.write(add("a"))
    async with stores.opened(ALL) as again:
        assert again.recovery.unclean


async def test_a_cancelled_opening_leaves_nothing_behind(stores: Stores) -> None:
    before = store_threads()
    opening = asyncio.create_task(stores.open(ALL))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert store_threads() == before
    async with stores.opened(ALL):
        pass


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.read(lambda tx: tx.execute("DELETE FROM notes").rowcount)
    assert await notes(store) == []


async def test_a_read_after_a_write_sees_it(store: Store) -> None:
    assert await store.write(add("one")) == "one"
    assert await notes(store) == ["one"]


async def test_a_read_sees_one_moment_even_while_a_write_commits(store: Store) -> None:
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


async def test_too_many_reads_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.engine.read_threads.READ_LIMIT", 1)
    gate = Gate()
    reading = asyncio.create_task(store.read(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    with pytest.raises(StoreOverloaded):
        await store.read(gate)
    gate.opened.set()
    await reading
