"""Lost connections and servers: nothing acknowledged is lost, nothing is done twice, and it goes on."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from core.store.errors import StoreAway, StoreError, StoreUnknown
from core.store.postgres import Limits, PostgresStore
from core.store.postgres.connection import Server
from core.store.postgres.pipeline import Pipeline
from core.store.tx import Tx
from tests.core.store.notes_store import Gate, add, gathered, look, notes
from tests.core.store.postgres.keys import add_keys
from tests.core.store.postgres.losing import Lose, end, losing_commits
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


def put(key: str) -> Callable[[Tx], str]:
    """No unique key on the outcome: done twice, it would be there twice."""

    def work(tx: Tx) -> str:
        tx.execute("INSERT INTO notes (body) VALUES (? || '#' || nextval('items_id_seq'))", (key,))
        return key

    return work


async def test_a_connection_lost_between_two_changes_is_made_anew(
    server: PostgresServer, store: PostgresStore
) -> None:
    await store.write(add("a"))
    end(server)
    assert await store.write(add("b")) == "b"
    assert await notes(store) == ["a", "b"]
    assert store.stats().last_error is None


async def test_a_connection_lost_inside_a_change_runs_it_again(
    server: PostgresServer, store: PostgresStore
) -> None:
    tries: list[int] = []

    def work(tx: Tx) -> int:
        tries.append(len(tries))
        tx.execute("INSERT INTO notes (body) VALUES (?)", (f"try {len(tries)}",))
        if len(tries) == 1:
            end(server)
        return len(tries)

    assert await store.write(work) == 2
    assert await notes(store) == ["try 2"]


async def test_a_work_that_always_loses_the_connection_fails_alone(
    server: PostgresServer, store: PostgresStore
) -> None:
    def poison(_: Tx) -> None:
        end(server)

    async with gathered(store):
        tasks = [asyncio.create_task(store.write(work)) for work in (add("a"), poison, add("b"))]
    first, failed, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == ("a", "b")
    assert isinstance(failed, StoreError)
    assert await notes(store) == ["a", "b"]


async def test_a_read_whose_connection_was_lost_is_done_again(
    server: PostgresServer, store: PostgresStore
) -> None:
    await store.write(add("a"))
    for _ in range(3):
        end(server, "helix-reader")
        assert await notes(store) == ["a"]


async def test_a_change_that_freezes_with_the_lock_is_thrown_out(server: PostgresServer) -> None:
    url = server.fresh_url()
    gate = Gate()
    frozen = Limits(idle_in_transaction_ms=200)
    async with opened(url, frozen) as slow, opened(url) as other:
        holder = asyncio.create_task(slow.write(gate))
        assert await asyncio.to_thread(gate.entered.wait, 10)
        # Without the limit this would wait for ever: the gate stays closed.
        assert await other.write(add("other")) == "other"
        gate.opened.set()
        await holder


async def test_who_waits_too_long_for_the_lock_is_told(server: PostgresServer) -> None:
    url = server.fresh_url()
    gate = Gate()
    async with opened(url) as slow, opened(url, Limits(lock_ms=100)) as other:
        holder = asyncio.create_task(slow.write(gate))
        assert await asyncio.to_thread(gate.entered.wait, 10)
        failed = await asyncio.gather(*(other.write(add(f"n{n}")) for n in range(3)), return_exceptions=True)
        assert {type(error) for error in failed} == {StoreError}
        assert "keeps the database locked" in str(failed[0])
        gate.opened.set()
        await holder
        assert await other.write(add("after")) == "after"


@pytest.fixture
def lose_at_commit() -> Iterator[Lose]:
    with losing_commits() as lose:
        yield lose
        assert not lose.disarm()


async def test_a_lost_commit_that_was_done_is_success(store: PostgresStore, lose_at_commit: Lose) -> None:
    lose_at_commit(lambda: None, before=False)
    assert await store.write(put("a")) == "a"
    assert await notes(store) == ["a#1"]
    assert await store.write(put("b")) == "b"


async def test_a_lost_commit_that_was_not_done_is_done_again(
    server: PostgresServer, store: PostgresStore, lose_at_commit: Lose
) -> None:
    lose_at_commit(lambda: end(server), before=True)
    assert await store.write(put("a")) == "a"
    # The number 1 was drawn by the try that came to nothing, if it came so far.
    assert [note[:2] for note in await notes(store)] == ["a#"]


async def test_a_lost_commit_of_changes_and_items_does_neither_twice(
    store: PostgresStore, lose_at_commit: Lose
) -> None:
    async with gathered(store):
        tasks = [
            asyncio.create_task(store.write(put("a"))),
            asyncio.create_task(store.write_item("k", add_keys)),
            asyncio.create_task(store.write(put("b"))),
        ]
        lose_at_commit(lambda: None, before=False, skip=1)
    first, item, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == ("a", "b")
    # Written again for its result, it finds itself.
    assert isinstance(item, LookupError)
    assert sorted(note[0] for note in await notes(store)) == ["a", "b"]
    assert await store.read(lambda tx: tx.execute("SELECT key FROM items").fetchall()) == [("k",)]


async def test_after_a_lost_commit_another_server_knows_nothing(
    store: PostgresStore, lose_at_commit: Lose, monkeypatch: pytest.MonkeyPatch
) -> None:
    def become_another() -> None:
        monkeypatch.setattr("core.store.postgres.connection._server", lambda _: Server("15.1", 4711, 1, ""))

    lose_at_commit(become_another, before=False)
    with pytest.raises(StoreUnknown, match="Look before you do it again"):
        await store.write(put("a"))
    assert await notes(store) == ["a#1"]


async def test_a_commit_still_running_is_ended_before_it_is_done_again(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network is cut, and the server has not noticed: its transaction stays open."""
    cut: list[Pipeline] = []

    def leave_open(pipeline: Pipeline) -> None:
        raise pipeline._lost(psycopg.OperationalError("cut"))

    real_wait, real_close = Pipeline.wait, Pipeline.close

    def work(tx: Tx) -> str:
        result = put("a")(tx)
        tx.execute("SELECT 1").fetchone()
        if not cut:
            cut.append(tx._pipeline)  # type: ignore[attr-defined]  # a PgTx
            monkeypatch.setattr(Pipeline, "wait", waiting)
        return result

    def waiting(pipeline: Pipeline) -> None:
        if pipeline in cut:
            # COMMIT stays in the client's buffer, and the connection stays open on the server.
            monkeypatch.setattr(pipeline._connection, "close", lambda: None)
            leave_open(pipeline)
        real_wait(pipeline)

    assert await store.write(work) == "a"
    assert [note[:2] for note in await notes(store)] == ["a#"]
    monkeypatch.undo()
    real_close(cut[0])


async def test_while_the_server_is_away_changes_fail_at_once_and_then_go_on(
    own_server: PostgresServer,
) -> None:
    told: list[Exception | None] = []
    async with opened(own_server.fresh_url(), on_failure=told.append) as store:
        await store.write(add("a"))
        own_server.kill()
        for _ in range(3):
            with pytest.raises(StoreAway, match="connects again by itself"):
                await store.write(add("lost"))
            with pytest.raises(StoreAway):
                await notes(store)
        assert store.stats().gone is not None
        own_server.start()
        async with asyncio.timeout(20):
            while store.stats().gone is not None:
                await asyncio.sleep(0.01)
        assert await store.write(add("b")) == "b"
        assert await notes(store) == ["a", "b"]
        # The loss (or the idle writer noticed it first), the try to connect again, the recovery.
        kinds = [type(error) for error in told]
        assert kinds[-2:] == [StoreAway, type(None)]
        assert kinds[:-2] in ([StoreError], [])


async def test_a_store_without_changes_notices_that_the_server_is_away(own_server: PostgresServer) -> None:
    told: list[Exception | None] = []
    async with opened(own_server.fresh_url(), on_failure=told.append) as store:
        own_server.kill()
        async with asyncio.timeout(20):
            while store.stats().gone is None:
                await asyncio.sleep(0.01)
        own_server.start()
        async with asyncio.timeout(20):
            while store.stats().gone is not None:
                await asyncio.sleep(0.01)
        assert await store.write(add("a")) == "a"
        assert [type(error) for error in told] == [StoreAway, type(None)]


async def test_a_store_whose_server_is_away_can_be_closed(own_server: PostgresServer) -> None:
    async with opened(own_server.fresh_url()) as store:
        own_server.kill()
        with pytest.raises(StoreAway):
            await store.write(add("lost"))
    own_server.start()  # a killed server leaves shared memory, which the next one takes away


@pytest.mark.parametrize("seed", range(2))
async def test_kills_of_the_server_lose_and_double_nothing(own_server: PostgresServer, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    tried = 0
    stopping = False

    async def write_on(store: PostgresStore, name: str) -> None:
        nonlocal tried
        while not stopping:
            tried += 1
            key = f"{name}-{tried}"
            try:
                acknowledged.add(await store.write(put(key)))
            except StoreError:
                await asyncio.sleep(0.02)

    async with opened(own_server.fresh_url()) as store:
        writers = [asyncio.create_task(write_on(store, f"w{number}")) for number in range(16)]
        for _ in range(3):
            seen = len(acknowledged)
            goal = seen + chance.randrange(50, 400)
            async with asyncio.timeout(20):
                while len(acknowledged) < goal:
                    await asyncio.sleep(0.001)
            await asyncio.to_thread(own_server.kill)
            await asyncio.to_thread(own_server.start)
            back = time.monotonic()
            async with asyncio.timeout(20):
                while len(acknowledged) == seen or store.stats().gone is not None:
                    await asyncio.sleep(0.005)
            assert time.monotonic() - back < 10
        stopping = True
        await asyncio.gather(*writers)
        keys = [note.split("#")[0] for note in await store.read(look)]
    assert len(keys) == len(set(keys))
    assert acknowledged <= set(keys)


async def test_terminations_under_load_lose_and_double_nothing(
    server: PostgresServer, store: PostgresStore
) -> None:
    stopping = asyncio.Event()

    async def terminate() -> None:
        while not stopping.is_set():
            await asyncio.to_thread(end, server)
            await asyncio.sleep(0.01)

    killer = asyncio.create_task(terminate())
    results = await asyncio.gather(
        *(store.write(put(f"k{number}")) for number in range(2_000)), return_exceptions=True
    )
    stopping.set()
    await killer
    keys = [note.split("#")[0] for note in await notes(store)]
    assert len(keys) == len(set(keys))
    assert {result for result in results if isinstance(result, str)} <= set(keys)
