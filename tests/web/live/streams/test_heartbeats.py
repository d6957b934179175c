"""What comes while nothing happens: a pulse, a comment, a ping."""

from __future__ import annotations

import asyncio

import aiohttp
import msgspec
import pytest

from tests.web.helpers import Site, counter
from tests.web.live.listening import gone, over_sse, over_ws
from tests.web.live.streams.stream_events import Open, Wire
from web.live import streams
from web.live.sse import HEARTBEAT
from web.live.sse_client import SseClient
from web.records.live import TOPICS


async def test_a_pulse_comes_every_two_seconds_and_is_not_resumed(site: Site, listen: Open) -> None:
    async with site.beating(), listen(site, "?topics=pulse") as listener:
        first = await listener.next()
        await site.pass_time(1)
        await site.pass_time(1)
        pulse = await listener.next()
        assert (pulse.event, pulse.id) == ("pulse", None)
        msgspec.convert(pulse.data, TOPICS["pulse"])
        assert pulse.data["at"] == "2026-01-01T12:00:02Z"
        assert pulse.data["clients"] == 1
        assert pulse.data["memory_bytes"] > 1_000_000
        # The stream itself is the one request of these two seconds.
        assert pulse.data["http"]["per_s"] == 0.5
        async with listen(site, f"?topics=pulse&last_event_id={first.id}") as again:
            await site.pass_time(2)
            assert (await again.next()).data["at"] == "2026-01-01T12:00:04Z"


async def test_nothing_is_computed_without_subscribers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[float] = []
    monkeypatch.setattr(streams.Streams, "_pulse", lambda _: read.append(site.clock.monotonic()))
    async with site.beating():
        # Not even the clock is waited for.
        await asyncio.sleep(0.01)
        assert site.clock.pending_sleeps() == ()
        async with over_sse(site, "/events"):
            await site.pass_time(3)
            assert len(read) == 1
        await gone(site)
        await site.pass_time(1)
        await asyncio.sleep(0.01)
        assert site.clock.pending_sleeps() == ()


async def test_a_comment_comes_every_fifteen_seconds(site: Site) -> None:
    async with site.beating(), over_sse(site, "/events?topics=state") as listener:
        await listener.next()
        await site.pass_time(15)
        await site.change(harmony=0.9)
        assert await listener.block() == b": \n\n"
        assert (await listener.next()).event == "state"


async def test_a_ping_comes_every_fifteen_seconds_and_must_be_answered(site: Site) -> None:
    async with site.beating(), over_ws(site, "/ws?topics=state", autoping=False) as listener:
        await listener.next()
        await site.pass_time(15)
        ping = await listener.connection.receive(timeout=5)
        assert ping.type is aiohttp.WSMsgType.PING
        await listener.connection.pong()
        await listener.connection.ping(b"are you there?")
        pong = await listener.connection.receive(timeout=5)
        assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"are you there?")
        await site.pass_time(15)
        assert (await listener.connection.receive(timeout=5)).type is aiohttp.WSMsgType.PING
        # This one is not answered.
        await site.pass_time(15)
        assert await listener.end() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert counter(site.kernel.metrics, "helix_stream_dropped_total").value("ws", "silent") == 1


async def test_a_heartbeat_of_many_clients_yields_to_other_work(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "AT_A_TURN", 2)
    loop, seen = asyncio.get_running_loop(), list[int]()
    wires = [Wire() for _ in range(5)]

    class First(Wire):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            super().write(data)
            loop.call_soon(lambda: seen.append(sum(wire.written.endswith(HEARTBEAT) for wire in wires)))

    wires[0] = First()
    clients = [SseClient(site.streams, "127.0.0.1", frozenset({"state"}), None) for _ in wires]
    for client, wire in zip(clients, wires, strict=True):
        site.streams.prepare(client)
        client.begin(wire, b"HTTP/1.1 200 OK\r\n\r\n", b"")
    async with site.beating():
        await site.pass_time(15)
        await site.clock.until_sleeping()
    assert seen[-1] == 2
    assert all(wire.written.endswith(HEARTBEAT) for wire in wires)
    for client in clients:
        client.connection_lost(None)
