"""What clients get on the HTTP port while Helix starts, from real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.settings import Settings
from tests.web.sites import sites
from web.edge.listening import Sockets, bind, port_of
from web.edge.starting import StartingAnswers

SETTINGS = Settings(port=0, port_is_set=True, public_url="https://example.org/helix", max_connections=2)


@pytest.fixture
async def sockets() -> AsyncIterator[Sockets]:
    found = await bind(SETTINGS)
    yield found
    for one in found:
        one.close()


@pytest.fixture
async def answers(sockets: Sockets) -> AsyncIterator[StartingAnswers]:
    starting = StartingAnswers(SETTINGS)
    await starting.open(sockets)
    yield starting
    starting.close()


async def ask(sockets: Sockets, request: str) -> tuple[int, dict[str, str], bytes]:
    """The status, the header fields and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
    writer.write(request.encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *fields = head.decode().split("\r\n")
    return int(first.split()[1]), dict(field.split(": ", 1) for field in fields), body


async def is_cut_off(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends without an answer."""
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def get(sockets: Sockets, path: str) -> tuple[int, dict[str, str], Any]:
    status, fields, body = await ask(sockets, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert int(fields["Content-Length"]) == len(body)
    return status, fields, json.loads(body)


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("path", ["/health/live", "/helix/health/live", "/health/live?x=1"])
async def test_the_process_lives(sockets: Sockets, path: str) -> None:
    status, fields, body = await get(sockets, path)
    assert (status, body) == (200, {"status": "pass"})
    assert fields["Content-Type"] == "application/health+json"
    assert fields["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("path", ["/", "/status", "/health/ready", "/health/lives", "*"])
async def test_other_routes_send_retry_after(sockets: Sockets, path: str) -> None:
    status, fields, body = await get(sockets, path)
    assert (status, fields["Retry-After"], body["status"]) == (503, "1", 503)
    assert body["type"] == "urn:helix:problem:starting"
    assert fields["Content-Type"] == "application/problem+json"


@pytest.mark.usefixtures("answers")
async def test_health_reports_the_start(sockets: Sockets) -> None:
    status, fields, body = await get(sockets, "/health")
    assert (status, fields["Retry-After"]) == (503, "1")
    assert (body["status"], body["serviceId"]) == ("fail", "helix")
    assert "starting" in body["output"]


@pytest.mark.usefixtures("answers")
async def test_a_head_request_gets_no_body(sockets: Sockets) -> None:
    status, fields, body = await ask(sockets, "HEAD /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, body) == (200, b"")
    assert int(fields["Content-Length"]) > 0


@pytest.mark.usefixtures("answers")
async def test_the_sender_of_a_large_body_gets_the_answer(sockets: Sockets) -> None:
    head = "POST /webhooks/zapier HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    status, fields, _ = await ask(sockets, head + "x" * 1_000_000)
    assert (status, fields["Retry-After"]) == (503, "1")


@pytest.mark.usefixtures("answers")
async def test_a_head_in_pieces_is_limited(sockets: Sockets) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
    writer.write(b"GET /health/live HTTP/1.1\r\nHo")
    await writer.drain()
    writer.write(b"st: x\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
    writer.write(b"x" * 40_000)
    assert await is_cut_off(reader)
    writer.close()


@pytest.mark.usefixtures("answers")
async def test_connections_are_bounded(sockets: Sockets) -> None:
    held = [await asyncio.open_connection("127.0.0.1", port_of(sockets)) for _ in range(2)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
    assert await is_cut_off(reader)
    for one in (writer, *(writer for _, writer in held)):
        one.close()


async def test_the_server_takes_the_port_over_without_a_gap(
    sockets: Sockets, answers: StartingAnswers, tmp_path: Any
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
    async with sites(tmp_path) as make:
        site = await make()
        await site.server.stop()
        await site.server.start(sockets)
        answers.close()
        assert site.server.port == port_of(sockets)
        status, _, _ = await ask(
            sockets, "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert status == 200
        writer.write(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
        writer.close()
