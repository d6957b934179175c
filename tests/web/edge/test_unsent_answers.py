"""What clients cost that ask for much and take none of it."""

import asyncio
import socket
import threading
from contextlib import ExitStack

import pytest
from aiohttp import web

from tests.web.helpers import TIMEOUT_S, MakeSite, Site, head
from web.edge import bounded, server, unsent
from web.edge.protocol import Connection
from web.routes.table import ROUTES
from web.routing import RouteSpec

_LARGE_BYTES = 1_000_000


async def _large(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * _LARGE_BYTES)


_ROUTES = (*ROUTES, RouteSpec(path="/large", handler=_large, summary=""))


async def taking_nothing(site: Site) -> tuple[socket.socket, Connection]:
    """A client that asks for a large answer and reads nothing; with its connection, which waits for it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", site.server.port))
    await asyncio.get_running_loop().sock_sendall(client, head("/large"))
    name = client.getsockname()
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            for served in connections(site):
                transport = served.transport
                if transport and transport.get_extra_info("peername") == name and served.writing_paused:
                    return client, served
            await asyncio.sleep(0)


def connections(site: Site) -> list[Connection]:
    held = site.runner.server.connections if site.runner.server else []
    return [one for one in held if isinstance(one, Connection)]


async def test_the_kernel_buffers_little_of_an_unread_answer(make_site: MakeSite) -> None:
    site = await make_site(_ROUTES)
    client, served = await taking_nothing(site)
    with client:
        assert served.transport is not None
        assert served.transport.get_write_buffer_size() > _LARGE_BYTES * 3 // 4


async def test_unsent_answers_are_bounded_and_the_longest_stuck_connection_is_closed(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_UNSENT_BYTES", int(2.5 * _LARGE_BYTES))
    site = await make_site(_ROUTES)
    with ExitStack() as stack:
        served = []
        for _ in range(4):
            client, one = await taking_nothing(site)
            stack.enter_context(client)
            served.append(one)
        async with asyncio.timeout(TIMEOUT_S):
            while len(connections(site)) > 2:
                await asyncio.sleep(0)
        assert connections(site) == served[2:]
        # Others are served all the same.
        assert (await site.get("/large")).status == 200


async def test_a_small_unread_answer_counts_too(make_site: MakeSite) -> None:
    site = await make_site(_ROUTES)
    client, served = await taking_nothing(site)
    with client:
        assert served.transport is not None
        assert served.transport.get_write_buffer_limits()[1] == bounded.UNSENT_BYTES


async def test_memory_is_returned_after_unread_answers_are_discarded(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back = threading.Event()
    monkeypatch.setattr(unsent, "_MUCH_BYTES", _LARGE_BYTES)
    monkeypatch.setattr(server, "_GIVE_BACK_AFTER_S", 0)
    monkeypatch.setattr(server, "give_back_memory", given_back.set)
    site = await make_site(_ROUTES)
    first, _ = await taking_nothing(site)
    second, _ = await taking_nothing(site)
    with first:
        second.close()
        async with asyncio.timeout(TIMEOUT_S):
            while len(connections(site)) > 1:
                await asyncio.sleep(0)
        # Half of it is still held.
        assert not given_back.is_set()
    async with asyncio.timeout(TIMEOUT_S):
        while not given_back.is_set():
            await asyncio.sleep(0)


def test_relief_is_reported_once_after_a_large_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "_MUCH_BYTES", 100)
    told = list[int]()
    held: unsent.Unsent[_Holder] = unsent.Unsent(1_000, lambda: told.append(held.total_bytes))
    one, other = _Holder(), _Holder()
    held.hold(one, 99)
    held.release(one)
    assert told == []
    held.hold(one, 100)
    held.hold(one, 60)
    held.hold(other, 40)
    held.release(one)
    assert told == []
    held.release(other)
    held.release(other)
    assert told == [0]


class _Holder:
    def give_up(self) -> None:
        pass
