"""WebSocket frames as bytes, and what little of a client's is understood (RFC 6455 §5).

A stream only tells. So a client has nothing to say but pings, pongs and its goodbye, and whatever else it
sends ends the connection before it is read whole. That is why no message is ever put together here.
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
# What may stand in a close frame: the registered codes that are not for this side's own use (§7.4.1, and the
# registry), and those of libraries and applications (§7.4.2).
_CODES: Final = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))


class Opcode(IntEnum):
    """What a frame is (§5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Why a connection ends (§7.4.1, and the registry for 1013)."""

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
    """A frame that a client must not send.

    Attributes:
        code: what the connection is closed with.
    """

    def __init__(self, code: CloseCode, why: str) -> None:
        super().__init__(why)
        self.code = code


class Control(msgspec.Struct, frozen=True):
    """A control frame of a client, its payload unmasked."""

    opcode: Opcode
    payload: bytes


def encode_frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """One whole frame of a server, which does not mask (§5.1)."""
    length = len(payload)
    if length <= LONGEST_CONTROL:
        head = bytes((_FIN | opcode, length))
    elif length < 1 << 16:
        head = bytes((_FIN | opcode, 126)) + length.to_bytes(2)
    else:
        head = bytes((_FIN | opcode, 127)) + length.to_bytes(8)
    return head + payload


def encode_close(code: CloseCode, why: str = "") -> bytes:
    """A close frame; `why` is short and in ASCII."""
    return encode_frame(Opcode.CLOSE, code.to_bytes(2) + why.encode())


def answer_close(payload: bytes) -> bytes:
    """The close frame that answers a client's (§5.5.1): with its own code, or with what is wrong with it."""
    code, reason = payload[:_CODE_BYTES], payload[_CODE_BYTES:]
    if payload and (len(code) < _CODE_BYTES or int.from_bytes(code) not in _CODES):
        return encode_close(CloseCode.PROTOCOL_ERROR, "no such code")
    try:
        reason.decode()
    except UnicodeDecodeError:
        return encode_close(CloseCode.NOT_UTF8, "the reason is not UTF-8")
    return encode_frame(Opcode.CLOSE, code)


def parse_control(received: bytes) -> tuple[Control | None, bytes]:
    """The first control frame of a client, and what follows it; None while it is not there whole.

    Raises:
        Refused: it is a message (1003), or against the protocol (1002).
    """
    if not received:
        return None, received
    opcode = received[0] & 0x0F
    if opcode in _DATA:
        raise Refused(CloseCode.UNSUPPORTED, "nothing is taken here")
    if opcode not in _CONTROL or received[0] & _RESERVED or not received[0] & _FIN:
        raise Refused(CloseCode.PROTOCOL_ERROR, "no such frame")
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
