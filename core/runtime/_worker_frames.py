"""The protocol between a worker and its parent: frames of a 4-byte length (big-endian) and their bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct(">I")
# The outcome of a job: its result, an error text for people, or a traceback.
DONE: Final = b"done"
TOLD: Final = b"told"
FAILED: Final = b"failed"


def encode_frame(body: bytes) -> bytes:
    """Encodes one frame."""
    return LENGTH.pack(len(body)) + body


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Writes one frame; the caller has to flush."""
    stream.write(encode_frame(body))


def read_frame(stream: BinaryIO) -> bytes | None:
    """Reads the next frame; None at the end of the stream."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None
