"""Compresses a backup, slice by slice, in the worker process; imports little on purpose.

Each slice becomes a gzip member of its own at the end of the archive (RFC 1952, section 2.2: a file is a
series of members), so that a picture can be drawn between two slices, and a stop need not wait long.
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
    """Bytes that come next: those given, or a stretch of a file."""

    data: bytes = b""
    path: str = ""
    offset: int = 0
    length: int = 0


class Slice(msgspec.Struct, frozen=True):
    """A job: compress these pieces onto the end of `target`, which is `at` bytes long by now."""

    target: str
    at: int
    pieces: tuple[Piece, ...]


def pack(payload: bytes) -> bytes:
    """Runs one `Slice`; gives how long the target is afterwards."""
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
    """The pieces of a tar archive, in slices of about so many bytes.

    Args:
        entries: for each file its name in the archive, its path, its size in bytes and its time (seconds
            since 1970).
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
