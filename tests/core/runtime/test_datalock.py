"""One process owns a data folder."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.runtime import datalock
from core.runtime.datalock import DataFolderBusy, DataFolderUnusable
from tests.flushes import recorded_flushes

HOLDER = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.runtime import datalock

async def main():
    lock = await datalock.acquire(Path({folder!r}), wait_s=0, describe="Helix 0.0.9")
    print("held", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    lock.release()
    print("released", flush=True)
    await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""

NOBODY = 65534


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
async def holder(tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    code = HOLDER.format(root=str(Path(__file__).parents[3]), folder=str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(40):
        assert await process.stdout.readline() == b"held\n"
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()
    transport = process._transport  # type: ignore[attr-defined] # closed now, before its loop is
    transport.close()


async def test_the_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    lock = await datalock.acquire(tmp_path / "a" / "data", wait_s=0, describe="Helix 0.1.0")
    assert (tmp_path / "a" / "data" / ".lock").exists()
    lock.release()


async def test_a_second_process_waits_and_then_names_the_first(
    tmp_path: Path, holder: asyncio.subprocess.Process, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DataFolderBusy) as caught:
        await datalock.acquire(tmp_path, wait_s=0.12, describe="Helix 0.1.0")
    text = str(caught.value)
    assert str(tmp_path) in text
    assert f"pid {holder.pid}" in text
    assert "since 20" in text
    assert "Helix 0.0.9" in text
    assert "HELIX_DATA_DIR" in text
    assert caplog.text.count("datalock.waiting") == 1


@pytest.mark.parametrize("put_back", [False, True])
async def test_a_second_process_stays_out_though_the_lock_file_was_removed(
    tmp_path: Path, holder: asyncio.subprocess.Process, put_back: bool
) -> None:
    (tmp_path / ".lock").unlink()
    if put_back:
        (tmp_path / ".lock").touch()
    with pytest.raises(DataFolderBusy, match="in use by another Helix"):
        await datalock.acquire(tmp_path, wait_s=0, describe="Helix 0.1.0")
    holder.send_signal(signal.SIGKILL)
    lock = await datalock.acquire(tmp_path, wait_s=20, describe="Helix 0.1.0")
    lock.release()


async def test_who_waited_for_a_lock_file_that_was_removed_takes_the_new_one(
    tmp_path: Path, holder: asyncio.subprocess.Process, caplog: pytest.LogCaptureFixture
) -> None:
    waiter = asyncio.create_task(datalock.acquire(tmp_path, wait_s=20, describe="Helix 0.1.0"))
    while "datalock.waiting" not in caplog.text:
        await asyncio.sleep(0)
    (tmp_path / ".lock").unlink()
    (tmp_path / ".lock").touch()
    holder.send_signal(signal.SIGKILL)
    lock = await asyncio.wait_for(waiter, 20)
    assert json.loads((tmp_path / ".lock").read_bytes())["pid"] == os.getpid()
    with pytest.raises(DataFolderBusy):
        await datalock.acquire(tmp_path, wait_s=0, describe="another")
    lock.release()


async def test_who_waited_for_a_folder_that_was_replaced_takes_the_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    first = await datalock.acquire(folder, wait_s=0, describe="one")
    waiter = asyncio.create_task(datalock.acquire(folder, wait_s=20, describe="two"))
    while "datalock.waiting" not in caplog.text:
        await asyncio.sleep(0)
    # As a restore does: the lock file stays the same.
    new = tmp_path / "new"
    new.mkdir()
    os.link(folder / ".lock", new / ".lock")
    folder.rename(tmp_path / "aside")
    new.rename(folder)
    first.release()
    second = await asyncio.wait_for(waiter, 20)
    (folder / ".lock").unlink()
    with pytest.raises(DataFolderBusy):
        await datalock.acquire(folder, wait_s=0, describe="three")
    second.release()


async def test_a_file_system_that_locks_files_alone_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock

    def files_alone(descriptor: int, operation: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", files_alone)
    first = await datalock.acquire(tmp_path, wait_s=0, describe="one")
    with pytest.raises(DataFolderBusy):
        await datalock.acquire(tmp_path, wait_s=0, describe="two")
    first.release()


async def test_a_folder_that_was_made_is_there_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = recorded_flushes(monkeypatch)
    lock = await datalock.acquire(tmp_path / "a" / "data", wait_s=0, describe="one")
    assert {tmp_path: {"a"}, tmp_path / "a": {"data"}}.items() <= flushed.items()
    lock.release()


async def test_a_waiter_goes_on_when_the_holder_stops(
    tmp_path: Path, holder: asyncio.subprocess.Process, caplog: pytest.LogCaptureFixture
) -> None:
    waiter = asyncio.create_task(datalock.acquire(tmp_path, wait_s=20, describe="Helix 0.1.0"))
    while "datalock.waiting" not in caplog.text:
        await asyncio.sleep(0)
    assert holder.stdin is not None
    holder.stdin.write(b"\n")
    lock = await asyncio.wait_for(waiter, 20)
    assert holder.returncode is None  # it released; it did not die
    lock.release()


async def test_a_kill_of_the_holder_frees_the_folder(
    tmp_path: Path, holder: asyncio.subprocess.Process
) -> None:
    waiter = asyncio.create_task(datalock.acquire(tmp_path, wait_s=20, describe="Helix 0.1.0"))
    await asyncio.sleep(0)
    holder.send_signal(signal.SIGKILL)
    lock = await asyncio.wait_for(waiter, 20)
    assert json.loads((tmp_path / ".lock").read_bytes())["pid"] == os.getpid()
    lock.release()


async def test_a_cancelled_waiter_leaves_no_descriptor_open(
    tmp_path: Path, holder: asyncio.subprocess.Process, caplog: pytest.LogCaptureFixture
) -> None:
    assert holder.returncode is None
    before = open_descriptors()
    waiter = asyncio.create_task(datalock.acquire(tmp_path, wait_s=20, describe="Helix 0.1.0"))
    while "datalock.waiting" not in caplog.text:
        await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert open_descriptors() == before


async def test_it_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    first = await datalock.acquire(tmp_path, wait_s=0, describe="one")
    with pytest.raises(DataFolderBusy):
        await datalock.acquire(tmp_path, wait_s=0, describe="two")
    first.release()
    first.release()
    second = await datalock.acquire(tmp_path, wait_s=0, describe="two")
    second.release()
    assert (tmp_path / ".lock").read_bytes() == b""


async def test_a_holder_that_has_not_signed_is_still_a_holder(tmp_path: Path) -> None:
    first = await datalock.acquire(tmp_path, wait_s=0, describe="one")
    (tmp_path / ".lock").write_bytes(b'{"pid": 1')
    with pytest.raises(DataFolderBusy, match="an unknown process"):
        await datalock.acquire(tmp_path, wait_s=0, describe="two")
    first.release()


async def test_the_descriptor_is_not_inherited(tmp_path: Path) -> None:
    lock = await datalock.acquire(tmp_path, wait_s=0, describe="one")
    child = await asyncio.create_subprocess_exec("sleep", "30")
    lock.release()
    again = await datalock.acquire(tmp_path, wait_s=0, describe="two")
    again.release()
    child.kill()
    await child.wait()


async def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(DataFolderUnusable, match=r"data cannot be used: it is not a folder.*HELIX_DATA_DIR"):
        await datalock.acquire(tmp_path / "data", wait_s=0, describe="one")


@pytest.mark.parametrize("kind", ["folder", "link"])
async def test_what_is_no_plain_lock_file_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        (tmp_path / ".lock").mkdir()
    else:
        (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataFolderUnusable, match="HELIX_DATA_DIR"):
        await datalock.acquire(tmp_path, wait_s=0, describe="one")


@pytest.fixture
def read_only() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="helix-read-only-"))
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["", "data"])
async def test_a_read_only_folder_names_path_and_setting(read_only: Path, name: str) -> None:
    with pytest.raises(DataFolderUnusable, match=rf"{read_only / name} cannot be used: Perm.*HELIX_DATA_DIR"):
        await datalock.acquire(read_only / name, wait_s=0, describe="one")


async def test_a_file_system_that_cannot_lock_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(DataFolderUnusable, match="cannot lock files"):
        await datalock.acquire(tmp_path, wait_s=0, describe="one")
