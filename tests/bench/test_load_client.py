import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench import _load_client
from bench._load_plan import LoadReport, Plan, Stream, reading, webhooks

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[int]]
SECONDS = 0.3


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> int:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        servers.append(server := TestServer(app))
        # 0 would be no limit at all.
        await server.start_server(shutdown_timeout=0.1)
        assert server.port is not None
        return server.port

    yield start
    for server in servers:
        await server.close()


async def _load(port: int, *streams: Stream) -> LoadReport:
    return await _load_client._Generator(Plan(port, SECONDS, streams)).run()


async def test_every_answer_is_timed(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"status": "pass"})

    outcome = (await _load(await serve(answer), reading("/status", 200))).streams["/status"]
    assert outcome.errors == {}
    assert outcome.sent == len(outcome.times_s) > 20
    assert min(outcome.times_s) > 0


async def test_an_answer_that_is_an_error_is_told_by_its_status(serve: Serve) -> None:
    numbers = count()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=500 if next(numbers) % 3 == 0 else 200)

    outcome = (await _load(await serve(answer), reading("/status", 200))).streams["/status"]
    assert outcome.errors == {"answered 500": (outcome.sent + 2) // 3}
    assert len(outcome.times_s) == outcome.sent - outcome.errors["answered 500"]


async def test_requests_arrive_also_while_none_is_answered(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_load_client, "GRACE_S", 0.05)
    stuck = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await stuck.wait()
        return web.Response()

    outcome = (await _load(await serve(answer), reading("/status", 300))).streams["/status"]
    stuck.set()
    assert outcome.sent > _load_client.CONNECTIONS
    assert outcome.times_s == []
    assert outcome.errors == {"no answer within 0.05 s of the end": outcome.sent}


async def test_a_connection_that_breaks_is_an_error_and_is_replaced(serve: Serve) -> None:
    numbers = count()

    async def answer(request: web.Request) -> web.Response:
        if next(numbers) % 2 == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response()

    outcome = (await _load(await serve(answer), reading("/status", 200))).streams["/status"]
    assert set(outcome.errors) == {"the connection was closed"}
    assert len(outcome.times_s) + outcome.errors["the connection was closed"] == outcome.sent
    assert len(outcome.times_s) > _load_client.CONNECTIONS


async def test_a_load_in_which_nothing_arrives_is_told_as_such(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response()

    report = await _load(await serve(answer), reading("/status", 0.001))
    told = msgspec.json.decode(msgspec.json.encode(report), type=LoadReport)
    assert (told.streams["/status"].sent, told.late_p99_s) == (0, 0.0)


async def test_each_webhook_has_a_key_of_its_own(serve: Serve) -> None:
    keys: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        keys.append(request.headers["Idempotency-Key"])
        await request.json()
        return web.Response(status=202)

    outcome = (await _load(await serve(answer), webhooks(100))).streams["webhooks"]
    assert outcome.errors == {}
    assert len(set(keys)) == len(keys) == outcome.sent > 10


def test_the_same_seed_draws_the_same_arrivals() -> None:
    plan = Plan(1, SECONDS, (reading("/status", 100), webhooks(10)))
    assert _load_client._arrivals(plan) == _load_client._arrivals(plan)
    times = [at for at, _, _ in _load_client._arrivals(plan)]
    assert times == sorted(times)
