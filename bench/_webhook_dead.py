"""Delivery delay of a healthy destination, alone and beside four dead ones."""

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from aiohttp import web

from bench._process import free_port
from core.breakers.breaker import Breaker
from core.clock import SystemClock
from core.http.guard import build_session
from core.http.look_ups import LookUps
from core.settings import Settings
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.webhooks.deliverer import Deliverer
from core.webhooks.destinations import Destinations
from core.webhooks.outbox import Outbox
from core.webhooks.schema import WEBHOOK_MIGRATIONS

EVENTS = 300
WARM_UP = 60
EVERY_S = 0.008
PAIRS = 10
TARGET = 1.10
_KIND = "ucf.changed"
_PAYLOAD = b'{"type":"ucf.changed","timestamp":"2026-01-01T00:00:00Z","data":{"number":%d}}'


def measure() -> None:
    gc.freeze()  # as main.py does
    alone, beside = list[list[float]](), list[list[float]]()
    for number in range(PAIRS):
        # The order alternates, so that a machine that becomes slower favours neither.
        order = (alone, beside) if number % 2 else (beside, alone)
        for found in order:
            found.append(uvloop.run(_one_round(dead=found is beside)))
    for name, found in (("healthy, alone", alone), ("healthy beside four dead", beside)):
        p50, p99 = _percentile(found, 50), _percentile(found, 99)
        print(f"{name:<26}p50 {p50 * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms")
    ratios = [_percentile([b], 99) / _percentile([a], 99) for a, b in zip(alone, beside, strict=True)]
    middle = [_percentile([b], 50) / _percentile([a], 50) for a, b in zip(alone, beside, strict=True)]
    print(f"ratio of p50 {statistics.median(middle):.2f}")
    print(f"ratio of p99 {statistics.median(ratios):.2f} (target: at most {TARGET:.2f})")


def _percentile(rounds: list[list[float]], percent: int) -> float:
    """The median of the rounds' percentiles, so that a single disturbed round does not matter."""
    return statistics.median(statistics.quantiles(times, n=100)[percent - 1] for times in rounds)


async def _one_round(*, dead: bool) -> list[float]:
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        database = await SqliteStore.open(
            Path(folder) / "helix.db", (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS), app_version="bench"
        )
        destinations = Destinations(database, clock, Settings())
        outbox = Outbox(database, clock, destinations)
        session = build_session(loopback=True, user_agent="bench", look_ups=LookUps("bench"))
        async with _receivers() as (base, arrived):
            await destinations.subscribe(_KIND, f"{base}/healthy")
            if dead:
                for path in ("error", "hang", "loris"):
                    await destinations.subscribe(_KIND, f"{base}/{path}")
                await destinations.subscribe(_KIND, f"http://127.0.0.1:{free_port()}/refused")
            # As in Helix, the breaker of a failing destination opens after a few attempts.
            breakers = dict[str, Breaker]()
            deliverer = Deliverer(
                outbox,
                destinations,
                database,
                clock,
                session=lambda: session,
                breaker=lambda name, _: breakers.setdefault(name, Breaker(name, clock)),
                render=lambda _, message: message.payload,
                loopback=True,
                exhausted=lambda _: None,
                on_outcome=lambda _, __: None,
                track=lambda _: None,
            )
            sending = asyncio.create_task(deliverer.run())
            sent = list[float]()
            for number in range(WARM_UP + EVENTS):
                sent.append(time.perf_counter())
                await _emit(database, outbox, number)
                await asyncio.sleep(EVERY_S)
            async with asyncio.timeout(30):
                while len(arrived) < len(sent):  # noqa: ASYNC110 - the receiver only notes
                    await asyncio.sleep(0.01)
            sending.cancel()
            await asyncio.wait({sending})
            await session.close()
        await database.close()
        return [arrived[number] - sent[number] for number in range(WARM_UP, len(sent))]


async def _emit(database: Store, outbox: Outbox, number: int) -> None:
    at = SystemClock().now()
    await database.write(lambda connection: outbox.enqueue(connection, at, _KIND, _PAYLOAD % number))
    outbox.committed()


@asynccontextmanager
async def _receivers() -> AsyncIterator[tuple[str, dict[int, float]]]:
    """Receivers: one answers at once, one with 500, one never, one byte by byte."""
    arrived, over = dict[int, float](), asyncio.Event()

    async def healthy(request: web.Request) -> web.Response:
        body = await request.read()
        arrived.setdefault(int(body.rpartition(b":")[2].rstrip(b"}")), time.perf_counter())
        return web.Response()

    async def error(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async def hang(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async def loris(request: web.Request) -> web.Response:
        transport = request.transport
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n":
            if over.is_set() or transport is None or transport.is_closing():
                break
            transport.write(bytes([byte]))
            await asyncio.sleep(0.5)
        return web.Response()

    app = web.Application()
    for handler in (healthy, error, hang, loris):
        app.router.add_post(f"/{handler.__name__}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", arrived
    finally:
        over.set()
        await runner.cleanup()
