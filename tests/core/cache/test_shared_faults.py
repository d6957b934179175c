"""A Redis that is gone, hangs, refuses or is full costs only the cache."""

from __future__ import annotations

import asyncio
import logging

import pytest

from core.cache._redis_link import MOST_CALLS
from core.cache.shared import SharedCache
from core.logs.secret import Secret
from core.logs.secret_forms import forms_of
from core.metrics import Registry
from tests.core.cache.conftest import OpenShared
from tests.core.cache.test_shared import Drawn, counted
from tests.manual_clock import ManualClock
from tests.redis_server import PASSWORD, RedisServer

# For a server that never answers: as long as a caller waits.
HASTY = {"picture": 0.01, "result": 0.01}


async def draw_with(shared: SharedCache, name: bytes = b"a field") -> int:
    """Asks for a picture, which is always given; returns how often it was drawn."""
    draw = Drawn()
    assert await shared.fetch("picture", (b"draw", name), draw, ttl_s=60) == draw.value
    return draw.times


async def test_before_the_first_look_everything_is_computed(
    server: RedisServer, open_shared: OpenShared, metrics: Registry
) -> None:
    shared = open_shared(server.url, metrics)
    assert await draw_with(shared) == 1
    assert counted(metrics) == {("picture", "skipped"): 1}
    assert (shared.probe().status, shared.probe().observed_value) == ("pass", 0.0)


async def test_a_server_killed_in_the_middle_costs_only_the_cache(
    server: RedisServer, open_shared: OpenShared, metrics: Registry, clock: ManualClock
) -> None:
    shared = open_shared(server.url, metrics)
    await shared.look()
    assert [await draw_with(shared) for _ in range(2)] == [1, 0]

    async def draw() -> bytes:
        server.kill()
        return b"drawn"

    assert await shared.fetch("picture", (b"draw", b"another"), draw, ttl_s=60) == b"drawn"
    assert counted(metrics, "stores")["picture", "error"] == 1
    reading = shared.probe()
    assert (reading.status, reading.reason) == ("warn", "Redis cannot be reached")
    assert "REDIS_URL" in reading.action
    # During the pause the server is not asked.
    assert await draw_with(shared) == 1
    assert counted(metrics)["picture", "skipped"] == 1
    server.start()
    clock.advance(1.0)
    await shared.look()
    assert shared.probe().status == "pass"
    assert [await draw_with(shared) for _ in range(2)] == [1, 0]


async def test_the_pause_doubles_while_the_server_is_away(
    server: RedisServer, open_shared: OpenShared, metrics: Registry, clock: ManualClock
) -> None:
    server.kill()
    shared = open_shared(server.url, metrics)
    await shared.look()
    for pause_s in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0):
        asked = counted(metrics).get(("picture", "error"), 0)
        clock.advance(pause_s - 0.5)
        await draw_with(shared)
        assert counted(metrics).get(("picture", "error"), 0) == asked
        clock.advance(0.5)
        await draw_with(shared)
        assert counted(metrics)["picture", "error"] == asked + 1


async def test_a_server_that_hangs_is_not_waited_for(
    server: RedisServer, open_shared: OpenShared, metrics: Registry, clock: ManualClock
) -> None:
    shared = open_shared(server.url, metrics, within_s=HASTY)
    await shared._link.open()
    server.freeze()
    # The caller leaves, though the call itself would wait for seconds.
    assert await draw_with(shared) == 1
    (left,) = shared._link._running
    assert not left.done()
    assert counted(metrics) == {("picture", "error"): 1}
    assert counted(metrics, "stores") == {("picture", "skipped"): 1}
    # A moment is nothing to tell people of.
    assert shared.probe().status == "pass"
    clock.advance(15.0)
    reading = shared.probe()
    assert (reading.status, reading.reason) == ("warn", "Redis does not answer in time")
    server.thaw()
    await asyncio.wait((left,))
    patient = open_shared(server.url)
    await patient.look()
    assert [await draw_with(patient) for _ in range(2)] == [1, 0]


async def test_at_most_a_few_calls_run_at_once(
    server: RedisServer, open_shared: OpenShared, metrics: Registry
) -> None:
    shared = open_shared(server.url, metrics)
    await shared.look()
    server.freeze()
    asking = [asyncio.create_task(draw_with(shared, b"%d" % number)) for number in range(MOST_CALLS)]
    while len(shared._link._running) < MOST_CALLS:
        await asyncio.sleep(0)
    assert await draw_with(shared, b"one more") == 1
    assert counted(metrics) == {("picture", "skipped"): 1}
    server.thaw()
    assert await asyncio.gather(*asking) == [1] * MOST_CALLS


async def test_a_caller_that_leaves_is_no_fault_of_the_server(
    server: RedisServer, open_shared: OpenShared
) -> None:
    shared = open_shared(server.url)
    await shared.look()
    server.freeze()
    asking = asyncio.create_task(draw_with(shared))
    while not shared._link._running:
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait((asking,))
    server.thaw()
    assert shared.probe().status == "pass"
    assert [await draw_with(shared) for _ in range(2)] == [1, 0]


async def test_closing_does_not_wait_for_a_server_that_hangs(
    server: RedisServer, open_shared: OpenShared, caplog: pytest.LogCaptureFixture
) -> None:
    shared = open_shared(server.url)
    await shared.look()
    server.freeze()
    asking = asyncio.create_task(draw_with(shared))
    while not shared._link._running:
        await asyncio.sleep(0)
    await shared.close()
    assert await asking == 1
    assert "unanswered" not in caplog.text
    await shared.look()
    assert await draw_with(shared) == 1
    server.thaw()


async def test_a_refused_password_is_told_and_never_shown(
    server: RedisServer, open_shared: OpenShared, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shared = open_shared(server.url_with("a wrong password"))
    await shared.look()
    assert await draw_with(shared) == 1
    reading = shared.probe()
    assert (reading.status, reading.reason) == ("warn", "Redis refuses the account")
    assert "password in REDIS_URL" in reading.action
    shown = caplog.text + repr(reading) + repr(shared.__dict__) + repr(shared._link.__dict__)
    assert "shared_cache.unanswered trouble=refused" in caplog.text
    assert [form for form in forms_of("a wrong password") if form in shown] == []


async def test_what_a_masked_log_holds_of_the_address(server: RedisServer) -> None:
    forms = forms_of(server.url.reveal())
    assert PASSWORD in forms
    assert server.url.reveal() in forms


async def test_a_full_server_is_told_with_what_to_do(
    server: RedisServer, open_shared: OpenShared, clock: ManualClock
) -> None:
    shared = open_shared(server.url)
    await shared.look()
    with server.client() as client:
        client.config_set("maxmemory", "1")
    assert await draw_with(shared) == 1
    assert (shared.probe().status, shared.probe().reason) == ("warn", "Redis is full")
    assert "allkeys-lru" in shared.probe().action
    with server.client() as client:
        client.config_set("maxmemory", "0")
    clock.advance(1.0)
    assert [await draw_with(shared) for _ in range(2)] == [1, 0]
    assert shared.probe().status == "pass"


async def test_a_replica_and_an_account_without_rights_are_told(
    server: RedisServer, open_shared: OpenShared, clock: ManualClock
) -> None:
    shared = open_shared(server.url)
    await shared.look()
    with server.client() as client:
        client.replicaof("127.0.0.1", 1)
    assert await draw_with(shared) == 1
    assert shared.probe().reason == "the Redis server is a replica"
    with server.client() as client:
        client.replicaof("NO", "ONE")
        client.acl_setuser("default", enabled=True, reset_keys=True, keys=["other:*"])
    clock.advance(1.0)
    assert await draw_with(shared) == 1
    assert shared.probe().reason == "the account may not use Redis as a cache"


async def test_what_no_class_explains_is_still_told(server: RedisServer, open_shared: OpenShared) -> None:
    shared = open_shared(server.url)
    await shared.look()
    assert await draw_with(shared) == 1
    (key,) = server.stored()
    with server.client() as client:
        client.delete(key)
        client.lpush(key, "not a value")
    assert await draw_with(shared) == 1
    assert shared.probe().reason == "Redis answers with an error"


async def test_nobody_listens_at_the_address(open_shared: OpenShared) -> None:
    shared = open_shared(Secret("redis://127.0.0.1:1/0"))
    await shared.look()
    assert await draw_with(shared) == 1
    assert shared.probe().reason == "Redis cannot be reached"
