"""What a client may do to us: say too much, or what it must not."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest

from tests.web.helpers import Site, head
from tests.web.live.listening import over_sse, over_ws
from tests.web.live.stalling import UPGRADE, dropped, gone, not_reading, only_client, rest_of, until
from tests.web.live.test_frames import masked
from web.live.frames import Opcode
from web.live.ws_client import MOST_FRAMES_A_BEAT


async def test_an_sse_client_that_keeps_sending_is_dropped(site: Site) -> None:
    async with over_sse(site) as listener:
        await listener.next()
        listener.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await site.change(harmony=0.9)
        # A little is passed over.
        assert (await listener.next()).event == "state"
        listener.writer.write(b"x" * 5000)
        await listener.reader.read()
    assert dropped(site, "sse", "misused") == 1


@pytest.mark.parametrize("kind", [Opcode.TEXT, Opcode.BINARY])
async def test_a_message_of_a_client_is_refused(site: Site, kind: Opcode) -> None:
    async with over_ws(site) as listener:
        await listener.next()
        if kind is Opcode.TEXT:
            await listener.connection.send_str("hello")
        else:
            await listener.connection.send_bytes(b"x" * 1_000_000)
        assert await listener.end() == aiohttp.WSCloseCode.UNSUPPORTED_DATA
    assert dropped(site, "ws", "misused") == 1


async def test_protocol_violations_close_the_connection(site: Site) -> None:
    async with not_reading(site, "/ws") as connection:
        await asyncio.get_running_loop().sock_sendall(connection, b"\x89\x00")
        async with site.beating():
            await gone(site)
            await site.pass_time(2)
            assert (await rest_of(connection)).endswith(b"\x88\x19\x03\xeanot masked, or too long")
    assert (site.streams.clients, site.streams._leaving) == (0, {})


async def test_too_many_pings_close_the_connection(site: Site) -> None:
    async with over_ws(site) as listener:
        await listener.next()
        for _ in range(MOST_FRAMES_A_BEAT + 1):
            await listener.connection.ping()
        assert await listener.end() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert dropped(site, "ws", "misused") == 1


async def test_only_the_first_pings_of_a_flood_are_parsed(site: Site) -> None:
    async with not_reading(site, "/ws") as connection:
        await asyncio.get_running_loop().sock_sendall(connection, masked(Opcode.PING, b"") * 5000)
        await until(connection, b"\x8a\x00" * MOST_FRAMES_A_BEAT + b"\x88\x11\x03\xf0too many frames")
    assert dropped(site, "ws", "misused") == 1


async def test_frames_that_come_with_the_handshake_are_read(site: Site) -> None:
    async with site.beating():
        wire = await site.wire()
        await wire.send(
            head("/ws", *UPGRADE) + masked(Opcode.PING, b"early") + masked(Opcode.CLOSE, b"\x03\xe8")
        )
        received = await wire.rest()
    assert received.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in received
    assert received.endswith(b"\x8a\x05early\x88\x02\x03\xe8")
    assert dropped(site, "ws", "misused") == 0


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b"\x88\x00"),
        (b"\x03\xe8bye", b"\x88\x02\x03\xe8"),
        (b"\x0f\xa0", b"\x88\x02\x0f\xa0"),
        # Half a code; codes that no frame may carry (RFC 6455 §7.4.1), and one of nobody's.
        (b"\x03", b"\x88\x14\x03\xeainvalid close code"),
        (b"\x03\xed", b"\x88\x14\x03\xeainvalid close code"),
        (b"\x03\xe7", b"\x88\x14\x03\xeainvalid close code"),
        (b"\x03\xe8\xff", b"\x88\x19\x03\xefthe reason is not UTF-8"),
    ],
)
async def test_a_close_frame_is_answered_by_its_code_or_an_error_code(
    site: Site, sent: bytes, answer: bytes
) -> None:
    async with site.beating():
        wire = await site.wire()
        await wire.send(head("/ws", *UPGRADE) + masked(Opcode.CLOSE, sent))
        assert (await wire.rest()).endswith(answer)


async def test_the_kernel_buffers_little_for_a_client(site: Site) -> None:
    async with over_sse(site) as listener:
        await listener.next()
        transport = only_client(site).transport
        assert transport is not None
        held = transport.get_extra_info("socket")
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 64 * 1024
