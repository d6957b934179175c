"""Clients that read slowly or not at all: what they cost, and when they are dropped."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import tracemalloc
from contextlib import AsyncExitStack

import pytest

from tests.web.helpers import MakeSite, Site, head
from tests.web.live.listening import over_sse
from tests.web.live.stalling import (
    LARGE,
    dropped,
    fall_behind,
    gone,
    not_reading,
    only_client,
    rest_of,
    tell_much,
    until,
)
from tests.web.live.streams.stream_events import raise_alert
from tests.web.live.test_frames import masked
from web.live import opening, streams
from web.live.client import Client
from web.live.frames import Opcode
from web.live.ws_client import WsClient


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_client_that_does_not_read_is_dropped_before_it_costs_much(site: Site, path: str) -> None:
    async with not_reading(site, f"{path}?topics=health") as connection:
        client = only_client(site)
        most, told = 0, 0
        while not dropped(site, path[1:].replace("events", "sse"), "slow"):
            assert told < 100
            await tell_much(site, told)
            told += 1
            if client.transport is not None:
                most = max(most, client.transport.get_write_buffer_size())
        # The one event of which the system took no more, and the reason of the end.
        assert most <= len(LARGE) + 1000
        assert site.streams.clients == 0
        if path == "/ws":
            # It still hears why, where it reads on at last.
            await until(connection, b"\x88\x0a\x03\xf5too slow")
            connection.send(masked(Opcode.CLOSE, b"\x03\xf5"))
        await rest_of(connection)
        assert site.streams._leaving == {}
        assert (len(site.streams.unsent), site.streams.unsent.total_bytes) == (0, 0)


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_connection_with_unsent_bytes_gets_no_more(site: Site, path: str) -> None:
    async with not_reading(site, path):
        client = only_client(site)
        await fall_behind(site, client)
        assert client.transport is not None
        held = client.transport.get_write_buffer_size()
        async with site.beating():
            for number in range(18):
                # Events, pulses and heartbeats.
                await site.change(harmony=number / 100)
                await site.pass_time(1)
        assert client.transport.get_write_buffer_size() == held
        assert client.waiting_bytes > 0


async def test_clients_that_do_not_read_share_the_history(site: Site) -> None:
    names = ("state", "agents", "alerts", "rituals")
    wanted = [",".join(("health", *names[:count])) for count in range(5)]
    async with AsyncExitStack() as stack:
        for topics in wanted:
            for path in ("/events", "/ws"):
                await stack.enter_async_context(not_reading(site, f"{path}?topics={topics}"))
        for client in tuple(site.streams._clients):
            await fall_behind(site, client)
        # The second of two large events is kept twice, as it is framed, and not for each of ten clients.
        gc.collect()
        tracemalloc.start()
        await tell_much(site, 1000)
        before, _ = tracemalloc.get_traced_memory()
        await tell_much(site, 1001)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert site.streams.clients == 10
        assert kept < 5 * len(LARGE)


async def test_unsent_bytes_are_bounded_and_the_longest_stuck_client_is_dropped(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_UNSENT_BYTES", int(2.5 * len(LARGE)))
    site = await make_site()
    async with AsyncExitStack() as stack:
        stuck = []
        for path in ("/ws", "/events", "/ws", "/events"):
            await stack.enter_async_context(not_reading(site, f"{path}?topics=health"))
            client = list(site.streams._clients)[-1]
            stuck.append(client)
            await fall_behind(site, client)
            assert site.streams.unsent.total_bytes <= 2.5 * len(LARGE)
        assert list(site.streams._clients) == stuck[2:]
        assert (dropped(site, "ws", "slow"), dropped(site, "sse", "slow")) == (1, 1)


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_client_that_catches_up_gets_all_events_once_in_order(site: Site, path: str) -> None:
    async with not_reading(site, f"{path}?topics=health,pulse") as connection:
        client = only_client(site)
        last = await fall_behind(site, client)
        for number in range(last, last + 30):
            site.kernel.health.report("test", "fail", str(number))
            await asyncio.sleep(0)
        received = await read_on(site, client, connection)
        told = [int(number) for number in re.findall(rb'"reason":"(\d+)"', received)]
        assert told == list(range(1, last + 30))
        assert (client.waiting_bytes, len(site.streams.unsent)) == (0, 0)


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_gap_is_filled_no_faster_than_the_client_reads(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LARGEST_REPLAY_BYTES", 10 * len(LARGE))
    seen = site.kernel.broadcaster.last_id
    for number in range(1, 6):
        await tell_much(site, number)
    async with not_reading(site, f"{path}?topics=health&last_event_id={seen}") as connection:
        client = only_client(site)
        assert client.transport is not None
        assert 0 < client.transport.get_write_buffer_size() <= len(LARGE) + 1000
        assert client.waiting_bytes > 2 * len(LARGE)
        received = await read_on(site, client, connection)
        assert re.findall(rb'"reason":"(\d)"', received) == [b"1", b"2", b"3", b"4", b"5"]
        assert client.waiting_bytes == 0


async def test_a_client_is_dropped_if_the_history_lacks_its_next_event(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "KEPT_MESSAGES", 5)
    site = await make_site()
    async with not_reading(site, "/events?topics=health") as connection:
        client = only_client(site)
        number = await fall_behind(site, client)
        for more in range(number, number + 10):
            site.kernel.health.report("test", "fail", str(more))
            await asyncio.sleep(0)
        await rest_of(connection)
        assert dropped(site, "sse", "slow") == 1


async def test_a_client_is_not_dropped_for_events_that_it_never_wanted(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "KEPT_MESSAGES", 5)
    site = await make_site()
    async with over_sse(site, "/events?topics=alerts") as listener, over_sse(site, "/events?topics=health"):
        await listener.next()
        for number in range(10):
            site.kernel.health.report("test", "fail", str(number))
            await asyncio.sleep(0)
        client, _ = site.streams._clients
        # As the transport says it.
        client.pause_writing()
        await raise_alert(site)
        client.resume_writing()
        assert (await listener.next()).event == "alerts"
        assert dropped(site, "sse", "slow") == 0


async def test_memory_is_returned_after_many_clients_have_gone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    monkeypatch.setattr(streams, "MANY_GONE", 3)
    monkeypatch.setattr(streams, "give_back_memory", lambda: given.append(site.streams.clients))
    async with site.beating(), not_reading(site, "/events"):
        async with AsyncExitStack() as stack:
            for _ in range(3):
                await stack.enter_async_context(not_reading(site, "/events"))
            await site.pass_time(1)
            assert given == []
        async with asyncio.timeout(40):
            while site.streams.clients > 1:
                await asyncio.sleep(0)
        await site.pass_time(1)
        async with asyncio.timeout(40):
            while not given:
                await asyncio.sleep(0)
        await site.pass_time(1)
        assert given == [1]


async def read_on(site: Site, client: Client, connection: socket.socket) -> bytes:
    """All that a client is told until it has caught up, and one event after that."""
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(40):
        while client.behind_since is not None:
            received += await loop.sock_recv(connection, 1 << 20)
        site.kernel.health.report("test", "fail", "the end")
        while b'"the end"' not in received:
            received += await loop.sock_recv(connection, 1 << 20)
    return received


async def test_only_the_last_ping_of_a_client_that_is_behind_is_answered(site: Site) -> None:
    async with not_reading(site, "/ws?topics=health") as connection:
        client = only_client(site)
        await fall_behind(site, client)
        assert isinstance(client, WsClient)
        for text in (b"one", b"two"):
            await asyncio.get_running_loop().sock_sendall(connection, masked(Opcode.PING, text))
        async with asyncio.timeout(40):
            while not client._pong.endswith(b"two"):
                await asyncio.sleep(0)
        await until(connection, b"\x8a\x03two")


async def test_a_client_that_was_behind_before_the_stream_is_dropped_too(site: Site) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", site.server.port))
        async with asyncio.timeout(40):
            await _fill(site, connection)
            await loop.sock_sendall(connection, head("/events?topics=health"))
            while not site.streams.clients:
                await asyncio.sleep(0)
        for told in range(20):
            await tell_much(site, told)
        assert dropped(site, "sse", "slow") == 1
        assert len(site.streams.unsent) == 0


async def _fill(site: Site, connection: socket.socket) -> None:
    """Asks, and takes no answer, until the server's side is full; with a known head's answer."""
    while not (server := site.runner.server) or not server.connections:
        await asyncio.sleep(0)
    served = site.only_connection()
    asked = 0
    while not served.writing_paused:
        while served.waiting_since() is None:
            await asyncio.sleep(0)
        await asyncio.get_running_loop().sock_sendall(connection, head("/agents"))
        asked += 1
        while served.request_count < asked:
            await asyncio.sleep(0)


async def test_other_clients_get_everything_meanwhile(site: Site) -> None:
    async with over_sse(site, "/events?topics=health") as quick:
        await quick.next()
        async with not_reading(site, "/events?topics=health"):
            for number in range(20):
                await tell_much(site, number)
                told = await quick.next()
                assert told.data["reason"] == str(number)
        assert dropped(site, "sse", "slow") == 1
        assert site.streams.clients == 1


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_client_that_stays_behind_is_dropped_in_time(site: Site, path: str) -> None:
    transport = "ws" if path == "/ws" else "sse"
    async with not_reading(site, f"{path}?topics=health"):
        client = only_client(site)
        await fall_behind(site, client)
        async with site.beating():
            await site.pass_time(19)
            assert site.streams.clients == 1
            await site.pass_time(1)
            await gone(site)
        assert dropped(site, transport, "slow") == 1


async def test_a_client_that_catches_up_stays(site: Site) -> None:
    async with not_reading(site, "/events?topics=health") as connection:
        client = only_client(site)
        await fall_behind(site, client)
        assert tuple(site.streams.unsent) == (client,)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(40):
            while client.behind_since is not None:
                await loop.sock_recv(connection, 1 << 20)
        assert len(site.streams.unsent) == 0
        assert (site.streams.clients, dropped(site, "sse", "slow")) == (1, 0)
