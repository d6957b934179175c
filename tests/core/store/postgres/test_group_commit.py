"""Works that share a commit: one that fails takes nothing from its neighbours; and what a group costs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

import psycopg
import pytest

from core.store.errors import StoreConflict
from core.store.postgres import PostgresStore
from core.store.tx import Row, Tx
from tests.core.store.notes_store import Counter, add, gathered, in_one_group, look, notes
from tests.core.store.postgres.keys import add_checked, add_keys
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


async def test_a_failing_work_leaves_its_neighbours_alone(store: PostgresStore) -> None:
    def broken(tx: Tx) -> None:
        add("half")(tx)
        raise LookupError("no")

    before = store.stats().groups
    results = await in_one_group(store, add("a"), broken, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], LookupError)
    assert await notes(store) == ["a", "b"]
    assert store.stats().groups == before + 2


async def test_after_an_error_a_while_of_groups_has_savepoints(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.postgres.group_commit._CAREFUL_GROUPS", 2)
    tries: list[str] = []

    def trying(name: str, error: Exception | None = None) -> Callable[[Tx], str]:
        def work(tx: Tx) -> str:
            tries.append(name)
            add(f"{name}{len(tries)}")(tx)
            if error is not None:
                raise error
            return name

        return work

    failing = trying("b", LookupError())
    assert (await in_one_group(store, trying("a"), failing, trying("c")))[0::2] == ["a", "c"]
    assert (await in_one_group(store, trying("d"), failing, trying("e")))[0::2] == ["d", "e"]
    assert tries == [*"ab", *"abc", *"dbe"]
    assert (await in_one_group(store, trying("f"), failing, trying("g")))[0::2] == ["f", "g"]
    assert tries[8:] == [*"fb", *"fbg"]
    assert [note[0] for note in await notes(store)] == [*"acdefg"]


async def test_a_broken_constraint_fails_its_own_caller_alone(store: PostgresStore) -> None:
    await store.write(add("taken"))
    results = await in_one_group(store, add("a"), add("taken"), add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], StoreConflict)
    assert isinstance(results[1].__cause__, psycopg.errors.UniqueViolation)
    assert await notes(store) == ["taken", "a", "b"]
    assert store.stats().last_error is None


async def test_a_wrong_statement_fails_as_itself_whether_it_is_read_or_not(store: PostgresStore) -> None:
    def read(tx: Tx) -> object:
        return tx.execute("SELECT * FROM nowhere").fetchall()

    def unread(tx: Tx) -> None:
        tx.execute("DELETE FROM nowhere")

    results = await in_one_group(store, add("a"), read, unread, add("b"))
    assert results[0::3] == ["a", "b"]
    assert isinstance(results[1], psycopg.errors.UndefinedTable)
    assert isinstance(results[2], psycopg.errors.UndefinedTable)


@pytest.mark.parametrize("statement", ["ROLLBACK", "COMMIT", "END", "BEGIN", "SAVEPOINT x"])
async def test_a_work_cannot_end_the_transaction_by_itself(store: PostgresStore, statement: str) -> None:
    def rude(tx: Tx) -> None:
        add("rude")(tx)
        tx.execute(statement)

    results = await in_one_group(store, add("a"), rude, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], psycopg.Error)
    assert await notes(store) == ["a", "b"]
    with pytest.raises(psycopg.Error):
        await store.write(rude)
    assert await notes(store) == ["a", "b"]


async def test_a_work_that_hides_an_error_is_not_told_of_success(store: PostgresStore) -> None:
    await store.write(add("taken"))

    def hiding(tx: Tx) -> str:
        try:
            tx.execute("INSERT INTO notes (body) VALUES ('taken') RETURNING id").fetchone()
        except psycopg.IntegrityError:
            return "fine"
        return "unexpected"

    results = await in_one_group(store, add("a"), hiding)
    assert results[0] == "a"
    assert isinstance(results[1], StoreConflict)
    with pytest.raises(StoreConflict):
        await store.write(hiding)


async def test_a_failing_commit_is_blamed_on_the_one_who_caused_it(store: PostgresStore) -> None:
    def orphan(tx: Tx) -> None:
        tx.execute("INSERT INTO children (note) VALUES (404)")

    results = await in_one_group(store, add("a"), orphan, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], StoreConflict)
    assert await notes(store) == ["a", "b"]
    assert await store.read(lambda tx: tx.execute("SELECT count(*) FROM children").fetchone()) == (0,)


async def test_memory_beside_the_transaction_goes_back_with_it(store: PostgresStore) -> None:
    counter = Counter()
    store.add_participant(counter)

    def count(body: str, error: Exception | None = None) -> Callable[[Tx], int]:
        def work(tx: Tx) -> int:
            counter.value += 1
            add(body)(tx)
            if error is not None:
                raise error
            return counter.value

        return work

    results = await in_one_group(store, count("a"), count("b", LookupError()), count("c"))
    assert results[0::2] == [1, 2]
    assert isinstance(results[1], LookupError)
    results = await in_one_group(store, count("d"), count("a"), count("e", LookupError()), count("f"))
    assert results[0::3] == [3, 4]
    assert isinstance(results[1], StoreConflict)
    assert isinstance(results[2], LookupError)
    assert counter.value == 4


calls: list[tuple[str, ...]] = []


def add_many(tx: Tx, bodies: Sequence[str]) -> list[str | Exception]:
    calls.append(tuple(bodies))
    results: list[str | Exception] = []
    for body in bodies:
        if body.startswith("raises"):
            raise LookupError(body)
        if body.startswith("refused"):
            results.append(LookupError(body))
            continue
        add(body)(tx)
        results.append(body)
    return results[:-1] if bodies[-1] == "short" else results


def other_kind(tx: Tx, bodies: Sequence[str]) -> list[str | Exception]:
    return add_many(tx, bodies)


async def write_one(store: PostgresStore, body: str) -> str:
    if body.startswith("plain"):
        return await store.write(add(body))
    return await store.write_item(body, other_kind if body.startswith("other") else add_many)


async def items_in_one_group(store: PostgresStore, *bodies: str) -> list[str | BaseException]:
    calls.clear()
    async with gathered(store):
        tasks = [asyncio.create_task(write_one(store, body)) for body in bodies]
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("with_plain", [False, True])
async def test_an_item_that_fails_costs_no_other_its_result(
    store: PostgresStore, *, with_plain: bool
) -> None:
    """Alone in their group items have no savepoint; beside a plain work they have one."""
    await store.write(add("taken"))
    plain = ("plain",) if with_plain else ()
    first, raised, last, *_ = await items_in_one_group(store, "a", "raises", "b", *plain)
    assert (first, last) == ("a", "b")
    assert isinstance(raised, LookupError)
    # Beside another work the group is tried once without savepoints.
    tries = 2 if with_plain else 1
    assert calls == [("a", "raises", "b")] * tries + [("a",), ("raises",), ("b",)]
    first, taken, refused = await items_in_one_group(store, "c", "taken", "refused")
    assert first == "c"
    assert isinstance(taken, StoreConflict)
    assert isinstance(refused, LookupError)
    assert await notes(store) == ["taken", "a", "b", *plain, "c"]


async def test_a_group_of_one_statement_costs_one_wait(store: PostgresStore) -> None:
    await store.write_item("a", add_keys)
    async with gathered(store):
        tasks = [asyncio.create_task(store.write_item(key, add_keys)) for key in ("b", "a", "c")]
        before = store.stats().waits
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0::2] == ["b", "c"]
    assert isinstance(results[1], LookupError)
    assert store.stats().waits == before + 2  # the COMMIT of the gate, and one for all three


async def test_one_statement_beside_other_works_is_read_after_the_commit(store: PostgresStore) -> None:
    async with gathered(store):
        tasks = [
            asyncio.create_task(store.write(add("a"))),
            asyncio.create_task(store.write_item("k", add_keys)),
            asyncio.create_task(store.write(add("b"))),
        ]
        before = store.stats().waits
    assert await asyncio.gather(*tasks) == ["a", "k", "b"]
    assert store.stats().waits == before + 3  # the COMMIT of the gate, and two for the group


async def test_a_change_costs_two_waits_and_one_more_where_it_reads(store: PostgresStore) -> None:
    def change(tx: Tx) -> None:
        for number in range(10):
            tx.execute("INSERT INTO notes (body) VALUES (?)", (f"n{number}",))
        tx.execute("UPDATE notes SET body = body || '!'")

    def change_and_read(tx: Tx) -> list[str]:
        tx.execute("DELETE FROM notes WHERE body LIKE 'n1%'")
        return look(tx)

    before = store.stats().waits
    await store.write(change)
    assert store.stats().waits == before + 2
    assert len(await store.write(change_and_read)) == 9
    assert store.stats().waits == before + 5


async def test_a_group_of_many_costs_two_waits(store: PostgresStore) -> None:
    before = store.stats().waits
    await in_one_group(store, *(add(f"n{number}") for number in range(100)))
    assert store.stats().waits == before + 4  # two for the gate's group, and two for the hundred


async def test_a_free_change_costs_one_wait(store: PostgresStore) -> None:
    before = store.stats().waits
    await store.write(add("a"), order="free")
    assert store.stats().waits == before + 1


async def test_a_read_costs_one_wait(store: PostgresStore) -> None:
    await store.write(add("a"))
    before = store.stats().read_waits
    for _ in range(5):
        assert await notes(store) == ["a"]
    assert store.stats().read_waits == before + 5


async def test_statements_prepared_before_the_schema_changed_are_prepared_anew(
    server: PostgresServer, store: PostgresStore
) -> None:
    """As when a newer process migrates while this one runs."""

    def everything(tx: Tx) -> list[Row]:
        return tx.execute("SELECT * FROM notes").fetchall()

    await store.write(add("a"))
    for _ in range(2):
        assert await store.write(everything) == await store.read(everything)
    (schema,) = await store.read(lambda tx: tx.execute("SELECT current_schema()::text").fetchone())
    server.execute(f"ALTER TABLE {schema}.notes ADD COLUMN more BIGINT")
    for _ in range(3):
        assert await store.write(everything) == await store.read(everything) == [(1, "a", None)]


async def test_two_free_changes_that_lock_each_other_out_are_both_done(server: PostgresServer) -> None:
    url = server.fresh_url()
    both = threading.Barrier(2)
    tries: list[str] = []

    change = "UPDATE notes SET body = body || '!' WHERE body LIKE ?"

    def cross(first: str, second: str) -> Callable[[Tx], str]:
        def work(tx: Tx) -> str:
            tries.append(first)
            assert tx.execute(change, (first,)).rowcount == 1
            if tries.count(first) == 1:
                both.wait(10)
            assert (
                tx.execute("UPDATE notes SET body = body || '!' WHERE body LIKE ?", (second,)).rowcount == 1
            )
            return first

        return work

    async with opened(url) as one, opened(url) as other:
        await one.write(add("a"))
        await one.write(add("b"))
        done = await asyncio.gather(
            one.write(cross("a%", "b%"), order="free"), other.write(cross("b%", "a%"), order="free")
        )
        assert list(done) == ["a%", "b%"]
        assert await notes(one) == ["a!!", "b!!"]
    assert len(tries) >= 3


async def test_old_rows_of_the_feed_are_deleted(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.postgres.group_commit._PRUNE_EVERY", 1)
    add_old = "INSERT INTO feed (origin, kinds, at_us) VALUES ('x', '', 1)"
    await store.write(lambda tx: tx.execute(add_old).rowcount)
    await store.write(add("a"))
    assert await store.read(lambda tx: tx.execute("SELECT count(*) FROM feed").fetchone()) == (0,)
    assert await store.read(lambda tx: tx.execute("SELECT mark FROM commits").fetchall()) == [(2,)]


async def test_one_statement_that_fails_saves_nothing(store: PostgresStore) -> None:
    refused, kept = await asyncio.gather(
        store.write_item("refused", add_checked),
        store.write_item("kept", add_checked),
        return_exceptions=True,
    )
    assert isinstance(refused, psycopg.errors.DivisionByZero)
    assert kept == "kept"
    assert await store.write_item("more", add_checked) == "more"
    assert await store.read(lambda tx: tx.execute("SELECT key FROM items ORDER BY key").fetchall()) == [
        ("kept",),
        ("more",),
    ]
