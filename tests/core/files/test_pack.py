"""What the worker compresses slice by slice is one tar that any program opens."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from core.files.pack import Slice, pack, plan
from tests.state.backing import read_archive


def pack_all(target: Path, files: dict[str, bytes], slice_bytes: int) -> int:
    """Packs files as a backup does; gives how many slices that took."""
    entries = []
    for name, data in files.items():
        path = target.with_name(name)
        path.write_bytes(data)
        entries.append((name, str(path), len(data), 1_700_000_000))
    slices = plan(entries, slice_bytes)
    length = 0
    for pieces in slices:
        length = int(pack(msgspec.json.encode(Slice(str(target), length, tuple(pieces)))))
    assert target.stat().st_size == length
    return len(slices)


@pytest.mark.parametrize("slice_bytes", [512, 700, 10**6])
def test_however_it_is_sliced_the_same_files_come_out(tmp_path: Path, slice_bytes: int) -> None:
    files = {"empty": b"", "block": os.urandom(512), "odd": os.urandom(3001), "last": b"x"}
    count = pack_all(tmp_path / "a.tar.gz", files, slice_bytes)
    assert read_archive(tmp_path / "a.tar.gz") == files
    assert (count > 1) == (slice_bytes < 10**6)
    assert (tmp_path / "a.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_file_that_became_shorter_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"short")
    (pieces,) = plan([("a", str(tmp_path / "a"), 100, 0)], 10**6)
    with pytest.raises(EOFError, match="shorter than it was"):
        pack(msgspec.json.encode(Slice(str(tmp_path / "t"), 0, tuple(pieces))))


def test_a_file_over_what_plain_tar_counts_has_its_size_written_all_the_same(tmp_path: Path) -> None:
    slices = plan([("huge", str(tmp_path / "huge"), 9 * 1024**3, 0)], 1024**3)
    assert sum(piece.length for pieces in slices for piece in pieces) == 9 * 1024**3
