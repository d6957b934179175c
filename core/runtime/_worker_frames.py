"""How a worker process and its parent speak: frames of a 4-byte length (big-endian) and that many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct(">I")
# What came of a job: its result, a sentence for people, or a traceback.
DONE: Final = b"done"
TOLD: Final = b"told"
FAILED: Final = b"failed"


def encode_frame(body: bytes) -> bytes:
    """One frame."""
    return LENGTH.pack(len(body)) + body


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Writes one frame; flushing is the caller's."""
    stream.write(encode_frame(body))


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, or None where the stream ends."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None
