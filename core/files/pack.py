"""Compresses a backup in slices, in the worker process; imports little, so that the process starts fast.

Each slice becomes a gzip member at the end of the archive (RFC 1952, section 2.2: a file is a series of
members), so that the worker can draw a picture between two slices, and a stop need not wait long.
"""

from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Sequence
from typing import Final

import msgspec

_LEVEL: Final = 6


class Piece(msgspec.Struct, frozen=True):
    """The next bytes of the archive: literal data, or a range of a file."""

    data: bytes = b""
    path: str = ""
    offset: int = 0
    length: int = 0


class Slice(msgspec.Struct, frozen=True):
    """A job: compress these pieces and write them to `target` at offset `at`, its present length."""

    target: str
    at: int
    pieces: tuple[Piece, ...]


def pack(payload: bytes) -> bytes:
    """Runs one `Slice`; returns the new length of the target as decimal text."""
    job = msgspec.json.decode(payload, type=Slice)
    raw = b"".join(_read(piece) for piece in job.pieces)
    member = gzip.compress(raw, _LEVEL, mtime=0)
    descriptor = os.open(job.target, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(member)
        at = job.at
        while view:
            written = os.pwrite(descriptor, view, at)
            view, at = view[written:], at + written
    finally:
        os.close(descriptor)
    return str(at).encode()


def plan(entries: Sequence[tuple[str, str, int, int]], slice_bytes: int) -> list[list[Piece]]:
    """The pieces of a tar archive, in slices of about `slice_bytes`.

    Args:
        entries: name in the archive, path, size in bytes and time (seconds since 1970) of each file.
        slice_bytes: how much is compressed at once.
    """
    pieces: list[Piece] = []
    for name, path, size, at_s in entries:
        head = tarfile.TarInfo(name)
        head.size, head.mtime, head.mode = size, at_s, 0o600
        pieces.append(
            Piece(data=head.tobuf(tarfile.USTAR_FORMAT if size < 8 * 1024**3 else tarfile.GNU_FORMAT))
        )
        pieces += [
            Piece(path=path, offset=offset, length=min(slice_bytes, size - offset))
            for offset in range(0, size, slice_bytes)
        ]
        pieces.append(Piece(data=bytes(-size % tarfile.BLOCKSIZE)))
    pieces.append(Piece(data=bytes(2 * tarfile.BLOCKSIZE)))
    return _sliced(pieces, slice_bytes)


def _sliced(pieces: list[Piece], slice_bytes: int) -> list[list[Piece]]:
    slices: list[list[Piece]] = [[]]
    size = 0
    for piece in pieces:
        if size >= slice_bytes:
            slices.append([])
            size = 0
        slices[-1].append(piece)
        size += len(piece.data) + piece.length
    return slices


def _read(piece: Piece) -> bytes:
    if not piece.path:
        return piece.data
    descriptor = os.open(piece.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        data = b""
        while len(data) < piece.length:
            more = os.pread(descriptor, piece.length - len(data), piece.offset + len(data))
            if not more:
                raise EOFError(f"{piece.path} is shorter than it was")
            data += more
        return data
    finally:
        os.close(descriptor)
