"""Ingest at the inbox: group commit, one commit per event, and a bare loop of SQLite statements."""

import asyncio
import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop

from core.clock import SystemClock
from core.store.engine import write_queue
from core.store.moments import to_us
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.connection import connect_writer
from core.webhooks.ids import new_id
from core.webhooks.inbox import Inbox, Incoming
from core.webhooks.schema import WEBHOOK_MIGRATIONS

CALLERS = 64
EVENTS = 6_400
SINGLE_EVENTS = 1_280
ROUNDS = 7
SINGLE_TARGET = 5.0
BARE_TARGET = 0.5
_DATA = b'{"reason":"measured","shift":{"harmony":0.001}}'
_HANDLER = "state.ucf"
_MIGRATIONS = (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)

# Events per second of wall time, and per second of CPU time.
Rates = tuple[float, float]


def measure() -> None:
    grouped, single, bare = list[Rates](), list[Rates](), list[Rates]()
    sizes = list[float]()
    for _ in range(ROUNDS):
        rates, size = _accepting(EVENTS)
        grouped.append(rates)
        sizes.append(size)
        bare.append(_bare(EVENTS, max(1, round(size))))
        with _one_by_one():
            single.append(_accepting(SINGLE_EVENTS)[0])
    for name, rates_of in (("grouped", grouped), ("one commit per event", single), ("bare loop", bare)):
        wall, cpu = (statistics.median(each[index] for each in rates_of) for index in (0, 1))
        print(f"{name:<26}{wall:9.0f} /s {cpu:9.0f} /CPU second")
    print(f"events in a commit        {statistics.median(sizes):9.1f}")
    _ratio("grouped to single", grouped, single, SINGLE_TARGET)
    _ratio("grouped to bare loop", grouped, bare, BARE_TARGET)


def _ratio(name: str, ours: Sequence[Rates], theirs: Sequence[Rates], target: float) -> None:
    """The ratio of neighbouring measurements, to cancel other load on the machine."""
    wall, cpu = (statistics.median(a[i] / b[i] for a, b in zip(ours, theirs, strict=True)) for i in (0, 1))
    print(f"ratio {name} {wall:.2f} by the clock, {cpu:.2f} by CPU (target: at least {target:g})")


def _accepting(events: int) -> tuple[Rates, float]:
    """The rates with 64 callers, and the number of events per commit."""

    async def run(folder: Path) -> tuple[Rates, float]:
        database = await SqliteStore.open(folder / "helix.db", _MIGRATIONS, app_version="bench")
        inbox = Inbox(database, SystemClock(), high_water=10**9)

        async def caller(number: int, times: int) -> None:
            for turn in range(times):
                key = f"{number}-{turn}-{times}"
                await inbox.accept(Incoming(type="ucf.update", data=_DATA, key=key, handlers=(_HANDLER,)))

        async def all_callers(times: int) -> None:
            await asyncio.gather(*(caller(number, times) for number in range(CALLERS)))

        await all_callers(2)
        before = database.stats()
        wall, cpu = time.perf_counter(), time.process_time()
        await all_callers(events // CALLERS)
        rates = events / (time.perf_counter() - wall), events / (time.process_time() - cpu)
        after = database.stats()
        await database.close()
        return rates, (after.writes - before.writes) / (after.groups - before.groups)

    with tempfile.TemporaryDirectory() as folder:
        return uvloop.run(run(Path(folder)))


def _bare(events: int, group: int) -> Rates:
    """The rates of inserting the same rows with the same pragmas, ids and digests, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        connection = connect_writer(Path(folder) / "bare.db")
        for migration in WEBHOOK_MIGRATIONS:
            for statement in migration.statements:
                connection.execute(statement)
        clock = SystemClock()
        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, events, group):
            connection.execute("BEGIN IMMEDIATE")
            for number in range(start, min(events, start + group)):
                now = clock.now()
                digest = hashlib.sha256(b"ucf.update\0" + _DATA).digest()
                row = new_id("evt", now), "ucf.update", to_us(now), f"{number}-bare", digest, _DATA
                _insert(connection.execute, row)
            connection.execute("COMMIT")
        rates = events / (time.perf_counter() - wall), events / (time.process_time() - cpu)
        connection.close()
        return rates


def _insert(execute: Callable[..., sqlite3.Cursor], row: tuple[object, ...]) -> None:
    event = execute(
        "INSERT INTO inbox (id, type, received_us, key, digest, data) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING",
        row,
    ).lastrowid
    execute(
        "INSERT INTO handling (event, handler, status, next_us) VALUES (?, ?, 'accepted', ?)",
        (event, _HANDLER, row[2]),
    )


@contextmanager
def _one_by_one() -> Iterator[None]:
    """The same writer, with groups of one."""
    limit = write_queue.GROUP_LIMIT
    write_queue.GROUP_LIMIT = 1  # type: ignore[misc]
    try:
        yield
    finally:
        write_queue.GROUP_LIMIT = limit  # type: ignore[misc]
