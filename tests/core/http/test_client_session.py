"""Once a status is read it decides, whatever follows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.http._status_line import StatusLine
from core.http.client_session import Resolver, ask, build_session
from core.http.look_ups import LookUps
from tests.raw_server import BAD_AFTER_200, OK, answering


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    look_ups = LookUps("test")
    async with build_session(Resolver(look_ups), user_agent="test") as session:
        yield session
    look_ups.close()


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("kind", BAD_AFTER_200)
async def test_what_follows_a_status_line_does_not_change_the_status(
    session: aiohttp.ClientSession, method: str, kind: str
) -> None:
    async with answering(BAD_AFTER_200[kind]) as url:
        answer = await ask(session, method, url, timeout_s=10, data=b"{}" if method == "POST" else None)
    assert answer.status == 200


@pytest.mark.parametrize("status", [204, 304])
async def test_a_body_where_none_may_be_does_not_change_the_status(
    session: aiohttp.ClientSession, status: int
) -> None:
    async with answering(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nhi" % status) as url:
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == status


async def test_a_status_counts_though_the_rest_never_comes(session: aiohttp.ClientSession) -> None:
    async with answering([OK + b"Content-Le"]) as url:
        assert (await ask(session, "POST", url, timeout_s=0.2, data=b"{}")).status == 200


async def test_a_head_that_comes_in_pieces_is_read_whole(session: aiohttp.ClientSession) -> None:
    parts = [b"HTTP/1.1 429 Too Many\r\nRetry-", b"After: 7\r\nContent-Length", b": 0\r\n\r\n"]
    async with answering(parts) as url:
        for _ in ("on a new connection", "on one that is used again"):
            answer = await ask(session, "POST", url, timeout_s=10, data=b"{}")
            assert (answer.status, answer.headers.get("Retry-After")) == (429, "7")


async def test_a_bad_status_with_a_bad_rest_is_no_good_one(session: aiohttp.ClientSession) -> None:
    async with answering(b"HTTP/1.1 500 No\r\n: x\r\n\r\n") as url:
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 500


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 20", b"200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
async def test_without_a_status_there_is_an_error(session: aiohttp.ClientSession, raw: bytes) -> None:
    async with answering(raw) as url:
        with pytest.raises(aiohttp.ClientError):
            await ask(session, "POST", url, timeout_s=10, data=b"{}")


@pytest.mark.parametrize("status", [200, 204])
async def test_what_comes_after_an_answer_is_not_taken_for_the_next_one(
    session: aiohttp.ClientSession, status: int
) -> None:
    first = b"HTTP/1.1 %d X\r\n\r\n" % status if status == 204 else OK + b"Content-Length: 0\r\n\r\n"
    uninvited = OK + b"Content-Length: 0\r\n\r\n"
    async with answering([first, uninvited], b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as url:
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == status
        # Until what nobody asked for has come.
        connector = session.connector
        assert connector is not None
        async with asyncio.timeout(40):
            while any(each[0].is_connected() for kept in connector._conns.values() for each in kept):
                await asyncio.sleep(0.005)
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 500


async def test_an_answer_is_not_judged_by_the_one_before_it(session: aiohttp.ClientSession) -> None:
    first = [OK + b"Content-Length: 0\r\n\r\n"]
    async with answering(first, b"HTTP/1.1 500 No\r\n: x\r\n\r\n") as url:
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 200
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 500
    async with answering(first, b"") as url:
        assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 200
        with pytest.raises(aiohttp.ClientError):
            await ask(session, "POST", url, timeout_s=10, data=b"{}")


async def test_a_connection_is_used_again(session: aiohttp.ClientSession) -> None:
    part = OK + b"Content-Length: 2\r\n\r\nhi"
    async with answering([part]) as url:
        for _ in range(3):
            assert (await ask(session, "POST", url, timeout_s=10, data=b"{}")).status == 200
        connector = session.connector
        assert connector is not None
        assert [len(kept) for kept in connector._conns.values()] == [1]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", 200),
        (b"HTTP/1.0 404\r\n", 404),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Taken\r\n", 202),
        (b"HTTP/1.1 103 X\r\nLink: </a>\r\n\r\nHTTP/1.1 102 X\r\n\r\nHTTP/1.1 503 X\r\n", 503),
        (b"HTTP/1.1 101 Switching Protocols\r\n", 101),
        (b"HTTP/1.1 100 Continue\r\n\r\n", None),
        (b"HTTP/1.1 20", None),
        (b"HTTP/1.1 2000 X\r\n", None),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None),
    ],
)
def test_a_status_is_found_however_the_bytes_come(raw: bytes, status: int | None) -> None:
    whole, apart = StatusLine(), StatusLine()
    whole.feed(raw)
    for byte in raw:
        apart.feed(bytes([byte]))
    assert (whole.status, apart.status) == (status, status)
