"""WebSocket frames (RFC 6455 §5): encodes server frames, parses control frames of clients.

Streams are one-way: a client may send only pings, pongs and a close frame. Anything else closes the
connection before it is read completely, so messages are never assembled.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec

from core.errors import HelixError

LONGEST_CONTROL: Final = 125

_FIN: Final = 0x80
_RESERVED: Final = 0x70
_MASKED: Final = 0x80
_HEAD_BYTES: Final = 2
_MASK_BYTES: Final = 4
_CODE_BYTES: Final = 2
# The codes that are valid in a close frame: registered ones that are not reserved for local use (§7.4.1 and
# the registry), and those of libraries and applications (§7.4.2).
_CODES: Final = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))


class Opcode(IntEnum):
    """The type of a frame (§5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Close codes (§7.4.1, and the registry for 1013)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED = 1003
    NOT_UTF8 = 1007
    POLICY = 1008
    TRY_AGAIN_LATER = 1013


_DATA: Final = frozenset({Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY})
_CONTROL: Final = frozenset({Opcode.CLOSE, Opcode.PING, Opcode.PONG})


class Refused(HelixError):
    """A client sent a frame that is not allowed.

    Attributes:
        code: the close code to send.
    """

    def __init__(self, code: CloseCode, why: str) -> None:
        super().__init__(why)
        self.code = code


class Control(msgspec.Struct, frozen=True):
    """A client's control frame with unmasked payload."""

    opcode: Opcode
    payload: bytes


def encode_frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """A complete, unmasked server frame (§5.1)."""
    length = len(payload)
    if length <= LONGEST_CONTROL:
        head = bytes((_FIN | opcode, length))
    elif length < 1 << 16:
        head = bytes((_FIN | opcode, 126)) + length.to_bytes(2)
    else:
        head = bytes((_FIN | opcode, 127)) + length.to_bytes(8)
    return head + payload


def encode_close(code: CloseCode, why: str = "") -> bytes:
    """A close frame; `why` must be short ASCII text."""
    return encode_frame(Opcode.CLOSE, code.to_bytes(2) + why.encode())


def answer_close(payload: bytes) -> bytes:
    """The reply to a client's close frame (§5.5.1): its own code, or a protocol error if it is invalid."""
    code, reason = payload[:_CODE_BYTES], payload[_CODE_BYTES:]
    if payload and (len(code) < _CODE_BYTES or int.from_bytes(code) not in _CODES):
        return encode_close(CloseCode.PROTOCOL_ERROR, "invalid close code")
    try:
        reason.decode()
    except UnicodeDecodeError:
        return encode_close(CloseCode.NOT_UTF8, "the reason is not UTF-8")
    return encode_frame(Opcode.CLOSE, code)


def parse_control(received: bytes) -> tuple[Control | None, bytes]:
    """The first control frame and the bytes after it; None while it is incomplete.

    Raises:
        Refused: it is a message (1003), or violates the protocol (1002).
    """
    if not received:
        return None, received
    opcode = received[0] & 0x0F
    if opcode in _DATA:
        raise Refused(CloseCode.UNSUPPORTED, "messages are not accepted")
    if opcode not in _CONTROL or received[0] & _RESERVED or not received[0] & _FIN:
        raise Refused(CloseCode.PROTOCOL_ERROR, "unknown frame type")
    if len(received) < _HEAD_BYTES:
        return None, received
    length = received[1] & 0x7F
    if not received[1] & _MASKED or length > LONGEST_CONTROL:
        raise Refused(CloseCode.PROTOCOL_ERROR, "not masked, or too long")
    begin = _HEAD_BYTES + _MASK_BYTES
    end = begin + length
    if len(received) < end:
        return None, received
    mask = received[_HEAD_BYTES:begin]
    payload = bytes(byte ^ mask[index % _MASK_BYTES] for index, byte in enumerate(received[begin:end]))
    return Control(Opcode(opcode), payload), received[end:]
