from __future__ import annotations

import asyncio
import contextlib

import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import WebSocketReader
from hypothesis import given
from hypothesis import strategies as st

from web.live.frames import (
    LONGEST_CONTROL,
    CloseCode,
    Control,
    Opcode,
    Refused,
    encode_close,
    encode_frame,
    parse_control,
)


def masked(opcode: int, payload: bytes, mask: bytes = b"\x01\x02\x03\x04", *, first: int = 0x80) -> bytes:
    """A frame as a client sends it; up to 125 bytes."""
    body = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return bytes((first | opcode, 0x80 | len(payload))) + mask + body


async def read(data: bytes) -> tuple[WSMsgType, object, object]:
    """One frame of a server as aiohttp's client reads it."""
    loop = asyncio.get_running_loop()
    queue = WebSocketDataQueue(BaseProtocol(loop), 2**20, loop=loop)
    reader = WebSocketReader(queue, 2**20, False, True)
    reader.feed_data(data)
    message = await asyncio.wait_for(queue.read(), 40)
    return message.type, message.data, message.extra


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
async def test_a_text_of_any_length_is_read_by_aiohttp(length: int) -> None:
    kind, data, _ = await read(encode_frame(Opcode.TEXT, b"x" * length))
    assert (kind, data) == (WSMsgType.TEXT, "x" * length)


async def test_a_close_frame_has_code_and_reason() -> None:
    kind, data, extra = await read(encode_close(CloseCode.TRY_AGAIN_LATER, "too slow"))
    assert (kind, data, extra) == (WSMsgType.CLOSE, 1013, "too slow")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Opcode.PING, Opcode.PONG, Opcode.CLOSE]),
            st.binary(max_size=LONGEST_CONTROL),
            st.binary(min_size=4, max_size=4),
        ),
        max_size=4,
    ),
    st.data(),
)
def test_control_frames_in_any_pieces_are_parsed(
    frames: list[tuple[Opcode, bytes, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(masked(opcode, payload, mask) for opcode, payload, mask in frames)
    found, held, longest = [], b"", 0
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        held, stream = held + stream[:size], stream[size:]
        while True:
            control, held = parse_control(held)
            if control is None:
                break
            found.append(control)
        longest = max(longest, len(held))
    assert found == [Control(opcode, payload) for opcode, payload, _ in frames]
    assert held == b""
    assert longest < 6 + LONGEST_CONTROL


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused_within_a_limit(received: bytes) -> None:
    with contextlib.suppress(Refused):
        control, held = parse_control(received)
        if control is None:
            assert held == received
            assert len(held) < 6 + LONGEST_CONTROL
        else:
            assert len(held) <= len(received) - 6 - len(control.payload)


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (masked(Opcode.TEXT, b"hello"), CloseCode.UNSUPPORTED),
        (masked(Opcode.BINARY, b"hello"), CloseCode.UNSUPPORTED),
        (masked(Opcode.TEXT, b"hel", first=0), CloseCode.UNSUPPORTED),
        (masked(Opcode.CONTINUATION, b"lo"), CloseCode.UNSUPPORTED),
        # Refused by its first byte: the rest, however long, is not waited for.
        (b"\x81", CloseCode.UNSUPPORTED),
        (masked(0x3, b""), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.PING, b"", first=0), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.PING, b"", first=0xC0), CloseCode.PROTOCOL_ERROR),
        (bytes((0x80 | Opcode.PING, 5)) + b"hello", CloseCode.PROTOCOL_ERROR),
        (bytes((0x80 | Opcode.PING, 0x80 | 126)) + b"\x00\x7e", CloseCode.PROTOCOL_ERROR),
    ],
)
def test_forbidden_frames_are_refused(received: bytes, code: CloseCode) -> None:
    with pytest.raises(Refused) as refused:
        parse_control(received)
    assert refused.value.code is code
