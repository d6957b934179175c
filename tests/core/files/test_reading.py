"""Whatever stands at the path is read or refused, and nothing hangs."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest

from core.files.reading import SIZE_LIMIT, RefusedEdit, UnreadFile, read_edit_file
from tests.descriptors import none_left

T = TypeVar("T")


async def soon(work: Awaitable[T]) -> T:
    async with asyncio.timeout(40):
        return await work


async def test_a_plain_file_is_read_with_its_age(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"{}")
    os.utime(tmp_path / "f", ns=(0, 1_700_000_000_123_456_789))
    content = await soon(read_edit_file(tmp_path / "f"))
    assert content is not None
    assert content.data == b"{}"
    assert content.modified_at.isoformat() == "2023-11-14T22:13:20.123456+00:00"


async def test_no_file_is_none(tmp_path: Path) -> None:
    assert await soon(read_edit_file(tmp_path / "f")) is None


async def test_the_largest_file_is_read_and_a_larger_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * SIZE_LIMIT)
    content = await soon(read_edit_file(tmp_path / "f"))
    assert content is not None
    assert len(content.data) == SIZE_LIMIT
    (tmp_path / "f").write_bytes(b"x" * (SIZE_LIMIT + 1))
    with pytest.raises(RefusedEdit, match="larger than 64 KiB"):
        await soon(read_edit_file(tmp_path / "f"))


async def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "f").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RefusedEdit, match="larger than 64 KiB"):
        await soon(read_edit_file(tmp_path / "f"))


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link", "fifo", "socket", "device"])
async def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "f"
    listener = socket.socket(socket.AF_UNIX)
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "real").write_text("{}")
        path.symlink_to(tmp_path / "real")
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        listener.bind(str(path))
    else:
        path = Path("/dev/zero")
    with pytest.raises(RefusedEdit, match=r"folder|symbolic link|not a regular file"):
        await soon(read_edit_file(path))
    listener.close()


async def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def denied(path: str, *arguments: int) -> int:
        if str(path).endswith("/f"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(RefusedEdit, match="cannot be read: Permission denied"):
        await soon(read_edit_file(tmp_path / "f"))


async def test_a_process_without_a_free_descriptor_has_read_nothing(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"{}")
    await soon(read_edit_file(tmp_path / "f"))
    with none_left(), pytest.raises(UnreadFile, match="cannot be read now"):
        await soon(read_edit_file(tmp_path / "f"))


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ENOMEM, errno.ENFILE, errno.EINTR])
async def test_an_error_of_the_machine_says_nothing_about_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    real = os.open

    def fails(path: str, *arguments: int) -> int:
        if str(path).endswith("/f"):
            raise OSError(code, os.strerror(code))
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(UnreadFile, match=os.strerror(code)):
        await soon(read_edit_file(tmp_path / "f"))


async def test_a_cancelled_read_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"{}")
    for turns in range(12):
        reading = asyncio.create_task(read_edit_file(path))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert not any(opened == str(path) for opened in open_files())


def open_files() -> list[str]:
    """What this process has open; a descriptor that closes meanwhile is left out."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except FileNotFoundError:
            continue
    return found
