"""The two engines of the store by turns: ingest, changes, a pool of connections, a slow network, kills."""

import asyncio
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psycopg
import uvloop

from bench._statistics import quantile
from core.clock import SystemClock
from core.store import Store
from core.store.errors import StoreError
from core.store.postgres import PostgresStore
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.webhooks.inbox import Inbox, Incoming
from state.change import Change
from state.manager import StateManager
from state.models import Snapshot
from state.schema import STATE_MIGRATIONS
from tests.postgres_server import PostgresServer, find_programs, postgres_server

ROUNDS = 9
CALLERS = 64
EVENTS = 3_200
CHANGES = 300
POOL = 16
KILLS = 20
_MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
_DATA = b'{"reason":"measured","shift":{"harmony":0.001}}'

Opened = Callable[[], Awaitable[Store]]


def main() -> None:
    if find_programs() is None:
        print("PostgreSQL is not installed, so there is nothing to compare with.")
        return
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        uvloop.run(_measure(server, Path(folder)))


async def _measure(server: PostgresServer, folder: Path) -> None:
    rounds: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        engines = {
            "SQLite": _sqlite(folder / f"{number}.db"),
            "PostgreSQL": _postgres(server.fresh_url()),
        }
        for name, opened in engines.items():
            async with _open(opened) as store:
                p50, p99, rate = await _ingest(store)
                rounds.setdefault(f"ingest p50, {name}", []).append(p50)
                rounds.setdefault(f"ingest p99, {name}", []).append(p99)
                rounds.setdefault(f"ingest rate, {name}", []).append(rate)
                rounds.setdefault(f"change p50, {name}", []).append(await _changes(store))
        rounds.setdefault("one commit each, a pool of 16", []).append(await _pool(server))
        async with _delayed(server) as url, _open(_postgres(url)) as store:
            rounds.setdefault("change p50, 0.5 ms away", []).append(await _changes(store))
    middle = {name: statistics.median(values) for name, values in rounds.items()}
    for name, value in middle.items():
        print(
            f"{name:<34}{value:12,.0f} /s"
            if "rate" in name or "each" in name
            else f"{name:<34}{value:12.2f} ms"
        )
    _ratio("ingest p50, PostgreSQL to SQLite", middle, "ingest p50, PostgreSQL", "ingest p50, SQLite", "1.5")
    _ratio("change p50, PostgreSQL to SQLite", middle, "change p50, PostgreSQL", "change p50, SQLite", "2")
    rate, pool = middle["ingest rate, PostgreSQL"], middle["one commit each, a pool of 16"]
    print(f"ratio group commit to the pool {rate / pool:.2f} (target: at least 3)")
    print(f"change p50, 0.5 ms away {middle['change p50, 0.5 ms away']:.2f} ms (target: below 5)")
    await _kills(server)


def _ratio(name: str, middle: dict[str, float], ours: str, theirs: str, target: str) -> None:
    print(f"ratio {name} {middle[ours] / middle[theirs]:.2f} (target: at most {target})")


def _sqlite(path: Path) -> Opened:
    return lambda: SqliteStore.open(path, _MIGRATIONS, app_version="bench")


def _postgres(url: str) -> Opened:
    return lambda: PostgresStore.open(url, _MIGRATIONS, app_version="bench")


@asynccontextmanager
async def _open(opened: Opened) -> AsyncIterator[Store]:
    store = await opened()
    try:
        yield store
    finally:
        await store.close()


async def _ingest(store: Store) -> tuple[float, float, float]:
    """Median and 99th percentile in milliseconds of accepting an event, and events per second."""
    inbox = Inbox(store, SystemClock(), high_water=10**9)
    took: list[float] = []

    async def caller(number: int, times: int) -> None:
        for turn in range(times):
            event = Incoming(type="ucf.update", data=_DATA, key=f"{number}-{turn}-{times}", handlers=("x",))
            begun = time.perf_counter()
            await inbox.accept(event)
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*(caller(number, 2) for number in range(CALLERS)))
    took.clear()
    begun = time.perf_counter()
    await asyncio.gather(*(caller(number, EVENTS // CALLERS) for number in range(CALLERS)))
    return quantile(took, 0.5) * 1000, quantile(took, 0.99) * 1000, EVENTS / (time.perf_counter() - begun)


async def _changes(store: Store) -> float:
    """The median in milliseconds of one change after the other."""
    manager = StateManager(store, SystemClock())
    await manager.load()
    took = []
    for number in range(CHANGES):
        value = 0.5 + number / 1000

        def change(snapshot: Snapshot, value: float = value) -> Change:
            return Change(ucf=msgspec.structs.replace(snapshot.ucf, harmony=value))

        begun = time.perf_counter()
        await manager.change(change)
        took.append(time.perf_counter() - begun)
    return quantile(took, 0.5) * 1000


async def _pool(server: PostgresServer) -> float:
    """Events per second with one commit each on 16 connections."""
    url = server.fresh_url()
    async with _open(_postgres(url)):
        pass
    connections = [await psycopg.AsyncConnection.connect(url, autocommit=True) for _ in range(POOL)]

    async def insert(number: int) -> None:
        for turn in range(EVENTS // 4 // POOL):
            async with connections[number].transaction():
                await connections[number].execute(
                    "WITH new AS (INSERT INTO inbox (id, type, received_us, key, digest, data) "
                    "VALUES (%s, 'ucf.update', 0, %s, '', %s) RETURNING seq) "
                    "INSERT INTO handling (event, handler, status, next_us) "
                    "SELECT seq, 'x', 'accepted', 0 FROM new",
                    (f"evt_{number}_{turn}", f"{number}-{turn}", _DATA),
                )

    begun = time.perf_counter()
    await asyncio.gather(*(insert(number) for number in range(POOL)))
    rate = EVENTS // 4 // POOL * POOL / (time.perf_counter() - begun)
    for connection in connections:
        await connection.close()
    return rate


@asynccontextmanager
async def _delayed(server: PostgresServer) -> AsyncIterator[str]:
    """The address of a new schema through a proxy that adds half a millisecond to each round trip."""
    proxy = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench._delay", str(server.port), stdout=asyncio.subprocess.PIPE
    )
    try:
        port = (await proxy.stdout.readline()).decode().strip() if proxy.stdout is not None else ""
        yield server.fresh_url().replace(f":{server.port}/", f":{port}/")
    finally:
        proxy.kill()
        await proxy.wait()


async def _kills(server: PostgresServer) -> None:
    """Kills the server 20 times under load; counts what is lost or doubled, and times the next write."""
    logging.disable(logging.CRITICAL)  # each loss of the server is logged
    chance, accepted, back, stopping = random.Random(15), set[str](), list[float](), False
    async with _open(_postgres(server.fresh_url())) as store:
        inbox, progress = Inbox(store, SystemClock(), high_water=10**9), asyncio.Event()

        async def send(number: int) -> None:
            turn = 0
            while not stopping:
                turn += 1
                event = Incoming(type="ucf.update", data=_DATA, key=f"{number}-{turn}", handlers=("x",))
                try:
                    accepted.add((await inbox.accept(event)).id)
                    progress.set()
                except StoreError:
                    await asyncio.sleep(0.01)

        async def until(goal: int) -> None:
            while len(accepted) < goal:
                progress.clear()
                await progress.wait()

        senders = [asyncio.create_task(send(number)) for number in range(CALLERS)]
        for _ in range(KILLS):
            await until(len(accepted) + chance.randrange(100, 3_000))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            begun = time.perf_counter()
            await until(len(accepted) + 1)
            back.append(time.perf_counter() - begun)
        stopping = True
        await asyncio.gather(*senders)
        ids, keys = await store.read(
            lambda tx: (
                {row[0] for row in tx.execute("SELECT id FROM inbox")},
                [row[0] for row in tx.execute("SELECT key FROM inbox")],
            )
        )
    print(
        f"{KILLS} kills of the server: {len(accepted):,} accepted, {len(accepted - ids)} lost, "
        f"{len(keys) - len(set(keys))} doubled, writing again after {max(back):.2f} s (target: 0, 0, 5 s)"
    )
