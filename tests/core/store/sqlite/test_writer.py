"""The writer thread and the readers where their own machinery fails: nobody may be left waiting."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from core.store.engine.write_queue import WriteQueue
from core.store.engine.write_request import Request
from core.store.errors import StoreClosed, StoreError
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.group_commit import GroupCommit
from core.store.sqlite.readers import Readers
from core.store.sqlite.writer import SqliteWriter

T = TypeVar("T")


class FailingConnection(sqlite3.Connection):
    """A connection whose COMMIT, and the ROLLBACK after it, fail as on a dying disk."""

    failing = False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if self.failing and sql.startswith(("COMMIT", "ROLLBACK /*")):
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *arguments)


class FailingReader(sqlite3.Connection):
    """A connection whose ROLLBACK fails."""

    failing = False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if self.failing and sql == "ROLLBACK":
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *arguments)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "helix.db", CORE_MIGRATIONS, app_version="0.1.0")
    yield opened
    await opened.close()


def insert(connection: sqlite3.Connection) -> int:
    return connection.execute("INSERT INTO notes VALUES (1)").rowcount


async def start_queue(
    path: Path, failures: list[Exception | None]
) -> tuple[WriteQueue, list[FailingConnection]]:
    connections: list[FailingConnection] = []

    def prepare() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, factory=FailingConnection)
        connection.execute("CREATE TABLE notes (id INTEGER)")
        connections.append(connection)
        return connection

    queue = WriteQueue(asyncio.get_running_loop(), on_failure=failures.append)
    await queue.start(SqliteWriter(queue, prepare=prepare, finish=lambda _: None, gone=lambda: None))
    return queue, connections


def request(work: Callable[[sqlite3.Connection], T]) -> Request[T]:
    return Request(work, asyncio.get_running_loop().create_future(), None)


async def test_a_read_that_cannot_be_rolled_back_keeps_its_connection_in_use(tmp_path: Path) -> None:
    connections: list[FailingReader] = []

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            tmp_path / "helix.db", isolation_level=None, check_same_thread=False, factory=FailingReader
        )
        connections.append(connection)
        return connection

    readers = Readers(connect)
    await readers.start()
    try:
        async with asyncio.timeout(40):
            for connection in connections:
                connection.failing = True
            assert await asyncio.gather(*(readers.read(lambda _: 1) for _ in connections)) == [1, 1]
            for connection in connections:
                connection.failing = False
            assert await asyncio.gather(*(readers.read(lambda _: 2) for _ in connections)) == [2, 2]
    finally:
        # A reader that waits for a connection that never comes back would hold up the stop.
        for connection in connections:
            readers._idle.put(connection)
        await readers.stop()


async def test_a_commit_that_cannot_even_be_rolled_back_fails_and_the_next_works(tmp_path: Path) -> None:
    failures: list[Exception | None] = []
    queue, connections = await start_queue(tmp_path / "helix.db", failures)
    try:
        async with asyncio.timeout(40):
            connections[0].failing = True
            with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
                await queue.submit(request(insert))
            connections[0].failing = False
            assert await queue.submit(request(insert)) == 1
            count = await queue.submit(
                request(lambda c: c.execute("SELECT count(*) FROM notes").fetchone()[0])
            )
    finally:
        await queue.stop()
    assert count == 1


async def test_a_writer_that_ends_by_an_error_leaves_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: GroupCommit, group: list[object]) -> list[object]:
        raise MemoryError(len(group))

    monkeypatch.setattr(GroupCommit, "commit", broken)
    failures: list[Exception | None] = []
    queue, _ = await start_queue(tmp_path / "helix.db", failures)
    async with asyncio.timeout(40):
        answers = await asyncio.gather(
            *(queue.submit(request(insert)) for _ in range(300)), return_exceptions=True
        )
        assert {type(answer) for answer in answers} == {StoreError}
        with pytest.raises(StoreClosed):
            await queue.submit(request(insert))
        await queue.stop()
    assert queue.last_error is not None
    assert len(failures) == 1
