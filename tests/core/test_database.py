"""The store: group commit, savepoints, readers, and what is left after each kind of failure."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.database import Database
from core.migrations import Migration
from core.schema import CORE_MIGRATIONS
from core.store_errors import StoreClosed, StoreError, StoreOverloaded

NOTES = Migration(10, "notes", ("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE NOT NULL)",))
CHILDREN = Migration(
    11,
    "children",
    (
        "CREATE TABLE children (note INTEGER NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE strict_children (note INTEGER NOT NULL REFERENCES notes (id))",
    ),
)
ALL = (*CORE_MIGRATIONS, NOTES, CHILDREN)


async def open_database(
    folder: Path,
    *,
    on_failure: Callable[[Exception | None], None] | None = None,
    queue_limit: int = 100_000,
) -> Database:
    path = folder / "helix.db"
    return await Database.open(path, ALL, app_version="0.1.0", on_failure=on_failure, queue_limit=queue_limit)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path)
    yield opened
    await opened.close()


def add(body: str) -> Callable[[sqlite3.Connection], str]:
    def work(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        return body

    return work


async def notes(database: Database) -> list[str]:
    return await database.read(
        lambda connection: [row[0] for row in connection.execute("SELECT body FROM notes ORDER BY id")]
    )


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.glob("helix.db*")}


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Gate:
    """Holds the writer thread inside a work, so that what is submitted meanwhile lands in one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: sqlite3.Connection) -> None:
        self.entered.set()
        assert self.opened.wait(10)


async def in_one_group(
    database: Database, *works: Callable[[sqlite3.Connection], object]
) -> list[object | BaseException]:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.opened.set()
    await holder
    return await asyncio.gather(*tasks, return_exceptions=True)


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("query_only", 0),
    ],
)
async def test_the_writer_has_the_pragma(database: Database, name: str, value: object) -> None:
    assert await database.write(lambda connection: pragma(connection, name)) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000), ("query_only", 1)],
)
async def test_every_reader_has_the_pragma(database: Database, name: str, value: object) -> None:
    together = threading.Barrier(2)

    def work(connection: sqlite3.Connection) -> object:
        together.wait(10)  # both readers at once: each answers for its own connection
        return pragma(connection, name)

    assert list(await asyncio.gather(database.read(work), database.read(work))) == [value, value]


async def test_the_writer_leaves_transactions_to_us(database: Database) -> None:
    assert await database.write(lambda connection: connection.isolation_level) is None


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError):
        await database.read(lambda connection: connection.execute("DELETE FROM notes"))


async def test_a_read_after_a_write_sees_it(database: Database) -> None:
    await database.write(add("one"))
    assert await notes(database) == ["one"]


async def test_a_read_sees_one_moment_even_while_a_write_commits(database: Database) -> None:
    between = threading.Event()
    counted = threading.Event()

    def twice(connection: sqlite3.Connection) -> tuple[int, int]:
        first = connection.execute("SELECT count(*) FROM notes").fetchone()[0]
        counted.set()
        assert between.wait(10)
        return first, connection.execute("SELECT count(*) FROM notes").fetchone()[0]

    reading = asyncio.create_task(database.read(twice))
    assert await asyncio.to_thread(counted.wait, 10)
    await database.write(add("meanwhile"))
    between.set()
    assert await reading == (0, 0)


async def test_what_waits_shares_one_commit(database: Database) -> None:
    before = database.stats().groups
    results = await in_one_group(database, *(add(f"n{number}") for number in range(20)))
    assert results == [f"n{number}" for number in range(20)]
    assert database.stats().groups == before + 2  # the gate's, and one for all twenty
    assert database.stats().largest_group == 20


async def test_a_failing_work_leaves_its_neighbours_alone(database: Database) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (body) VALUES ('half')")
        raise LookupError("no")

    results = await in_one_group(database, add("a"), broken, add("b"))
    assert results[0] == "a"
    assert isinstance(results[1], LookupError)
    assert results[2] == "b"
    assert await notes(database) == ["a", "b"]


async def test_a_statement_of_its_own_making_fails_as_itself(database: Database) -> None:
    await database.write(add("a"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(add("a"))


@pytest.mark.parametrize("statement", ["ROLLBACK", "COMMIT", "END", "BEGIN"])
async def test_a_work_cannot_end_the_transaction_by_itself(database: Database, statement: str) -> None:
    def rude(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (body) VALUES ('rude')")
        connection.execute(statement)

    results = await in_one_group(database, add("a"), rude, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.DatabaseError)
    assert await notes(database) == ["a", "b"]


async def test_a_script_cannot_commit_half_a_group(database: Database) -> None:
    results = await in_one_group(
        database,
        add("a"),
        lambda connection: connection.executescript("INSERT INTO notes (body) VALUES ('s');"),
    )
    assert results[0] == "a"
    assert isinstance(results[1], sqlite3.DatabaseError)
    assert await notes(database) == ["a"]


async def test_an_error_that_ends_the_transaction_spares_the_others(database: Database) -> None:
    await database.write(add("taken"))

    def conflict(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')")

    results = await in_one_group(database, add("a"), conflict, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert await notes(database) == ["taken", "a", "b"]


async def test_an_error_that_ends_its_own_transaction_alone_reaches_its_caller(database: Database) -> None:
    await database.write(add("taken"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda c: c.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')"))
    await database.write(add("after"))
    assert await notes(database) == ["taken", "after"]


async def test_a_work_that_hides_the_end_of_its_transaction_is_not_told_of_success(
    database: Database,
) -> None:
    await database.write(add("taken"))

    def hiding(connection: sqlite3.Connection) -> str:
        try:
            connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES ('taken')")
        except sqlite3.IntegrityError:
            return "fine"
        return "unexpected"

    results = await in_one_group(database, add("a"), hiding)
    assert results[0] == "a"
    assert isinstance(results[1], StoreError)


async def test_a_failing_commit_is_blamed_on_the_one_who_caused_it(database: Database) -> None:
    def orphan(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO children (note) VALUES (404)")

    results = await in_one_group(database, add("a"), orphan, add("b"))
    assert results[0::2] == ["a", "b"]
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert await notes(database) == ["a", "b"]
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM children").fetchone()[0]) == 0


async def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda c: c.execute("INSERT INTO strict_children (note) VALUES (404)"))


async def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    told: list[Exception | None] = []
    database = await open_database(tmp_path, on_failure=told.append)
    try:
        pages = await database.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone())
        results = await in_one_group(database, add("small"), add("x" * 200_000), add("tiny"))
        assert results[0::2] == ["small", "tiny"]
        assert isinstance(results[1], StoreError)
        assert "disk is full" in str(results[1])
        assert await notes(database) == ["small", "tiny"]
        await asyncio.sleep(0)
        assert isinstance(told[0], StoreError)
        assert told[-1] is None
        assert database.stats().last_error is None
        assert database.stats().failures >= 1
    finally:
        await database.close()


class Counter:
    """Memory in the writer thread, as the newest snapshot is."""

    def __init__(self) -> None:
        self.value = 0

    def capture(self) -> object:
        return self.value

    def restore(self, captured: object) -> None:
        assert isinstance(captured, int)
        self.value = captured


async def test_memory_beside_the_transaction_goes_back_with_it(database: Database) -> None:
    counter = Counter()
    database.add_participant(counter)

    def count(body: str, error: Exception | None = None) -> Callable[[sqlite3.Connection], int]:
        def work(connection: sqlite3.Connection) -> int:
            counter.value += 1
            connection.execute("INSERT OR ROLLBACK INTO notes (body) VALUES (?)", (body,))
            if error is not None:
                raise error
            return counter.value

        return work

    results = await in_one_group(database, count("a"), count("b", LookupError()), count("a"), count("c"))
    assert results[0] == 1
    assert isinstance(results[1], LookupError)
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert results[3] == 2
    assert counter.value == 2


async def test_commit_hooks_run_in_order_before_any_waiter(database: Database) -> None:
    seen: list[str] = []

    async def one(body: str) -> None:
        await database.write(add(body), on_commit=lambda result: seen.append(f"hook {result}"))
        seen.append(f"waiter {body}")

    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    tasks = [asyncio.create_task(one(body)) for body in ("a", "b", "c")]
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(holder, *tasks)
    assert seen == ["hook a", "hook b", "hook c", "waiter a", "waiter b", "waiter c"]


async def test_a_failing_hook_takes_success_from_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: str) -> None:
        raise RuntimeError("hook")

    assert await database.write(add("a"), on_commit=hook) == "a"
    assert "store.commit_hook_failed" in caplog.text


async def test_a_cancelled_caller_whose_work_was_taken_is_published(database: Database) -> None:
    gate = Gate()
    published = asyncio.Event()

    def work(connection: sqlite3.Connection) -> str:
        gate(connection)
        return add("kept")(connection)

    task = asyncio.create_task(database.write(work, on_commit=lambda _: published.set()))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await asyncio.wait_for(published.wait(), 10)
    assert await notes(database) == ["kept"]


async def test_a_cancelled_caller_whose_work_still_waited_changes_nothing(database: Database) -> None:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    task = asyncio.create_task(database.write(add("never")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    await holder
    await database.write(add("after"))
    assert await notes(database) == ["after"]


async def test_a_full_queue_refuses_clearly(tmp_path: Path) -> None:
    database = await open_database(tmp_path, queue_limit=3)
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    waiting = [asyncio.create_task(database.write(add(f"n{number}"))) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(StoreOverloaded, match="busy"):
        await database.write(add("one too many"))
    gate.opened.set()
    await asyncio.gather(holder, *waiting)
    assert await notes(database) == ["n0", "n1", "n2"]
    await database.close()


async def test_a_group_is_cut_where_its_time_is_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core._group_commit.GROUP_TIME_S", -1.0)
    before = database.stats().groups
    results = await in_one_group(database, *(add(f"n{number}") for number in range(5)))
    assert results == [f"n{number}" for number in range(5)]
    assert database.stats().groups == before + 6


async def test_a_group_is_cut_where_it_holds_enough(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core._writer.GROUP_LIMIT", 4)
    results = await in_one_group(database, *(add(f"n{number}") for number in range(10)))
    assert results == [f"n{number}" for number in range(10)]
    assert database.stats().largest_group == 4


async def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    tasks = [asyncio.create_task(database.write(add(f"n{number}"))) for number in range(600)]
    await asyncio.sleep(0)
    await database.close()
    assert len(await asyncio.gather(*tasks)) == 600
    again = await open_database(tmp_path)
    assert len(await notes(again)) == 600
    await again.close()


async def test_a_closed_store_says_so_and_may_be_closed_again(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await database.close()
    await database.close()
    with pytest.raises(StoreClosed):
        await database.write(add("late"))
    with pytest.raises(StoreClosed):
        await database.read(lambda c: c.execute("SELECT 1").fetchone())


async def test_closing_ends_its_threads_and_empties_the_log(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await database.write(add("a"))
    await database.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("helix-store")]
    assert leftovers(tmp_path) == ["helix.db"]


async def test_too_many_reads_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core._readers.READ_LIMIT", 1)
    gate = Gate()
    reading = asyncio.create_task(database.read(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    with pytest.raises(StoreOverloaded):
        await database.read(gate)
    gate.opened.set()
    await reading


async def test_the_file_is_private(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await database.write(add("a"))
    assert modes(tmp_path) == {0o600}
    await database.close()


async def test_a_cancelled_opening_leaves_nothing_behind(tmp_path: Path) -> None:
    opening = asyncio.create_task(open_database(tmp_path))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("helix-store")]
    database = await open_database(tmp_path)
    await database.close()


async def test_stats_tell_counts_and_sizes(database: Database) -> None:
    await database.write(add("a"))
    await notes(database)
    stats = database.stats()
    assert stats.writes == 1
    assert stats.reads == 1
    assert stats.size_bytes > 0
    assert stats.wal_bytes > 0
    assert stats.last_commit_s is not None
    assert stats.last_commit_s >= 0
    assert stats.waiting == 0
    assert stats.last_error is None
