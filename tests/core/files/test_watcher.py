"""The folder is watched: by notification, by polling, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from core.files.watcher import FolderWatcher
from core.flags import Flags
from core.health import HealthRegistry
from core.settings import Settings
from tests.manual_clock import ManualClock

NAMES = ("a.json", "b.json")


class Watched:
    """A watcher that runs, and what it said."""

    def __init__(self, folder: Path, *, poll: bool | None = False, on: bool = True) -> None:
        self.folder = folder
        self.flags = Flags(Settings(data_dir=folder, enable_state_watching=on))
        self.health = HealthRegistry(ManualClock())
        self.batches: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self.watcher = FolderWatcher(
            folder, NAMES, self.batches.put, flags=self.flags, health=self.health, poll=poll
        )

    async def next(self, name: str) -> None:
        """Waits until a batch names the file."""
        async with asyncio.timeout(40):
            while name not in await self.batches.get():
                pass

    async def until(self, word: str) -> None:
        """Waits until the check says `word`."""
        async with asyncio.timeout(40):
            while (check := self.health.get("state-watching")) is None or word not in check.reason:
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.watcher.run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def write(path: Path, text: str) -> None:
    path.write_text(text)


def replace(path: Path, text: str) -> None:
    fresh = path.with_name("fresh")
    fresh.write_text(text)
    fresh.replace(path)


def remove(path: Path, _text: str) -> None:
    path.unlink()


@pytest.mark.parametrize("poll", [False, True])
@pytest.mark.parametrize("how", [write, replace, remove])
async def test_each_way_of_editing_is_noticed(
    tmp_path: Path, poll: bool, how: Callable[[Path, str], None]
) -> None:
    write(tmp_path / "a.json", "{}")
    watched = Watched(tmp_path, poll=poll)
    async with watched.running():
        await watched.until("polling" if poll else "notified")
        await watched.next("a.json")  # the look at the start
        for number in range(3):
            how(tmp_path / "a.json", f"edit {number}")
            await watched.next("a.json")
            write(tmp_path / "a.json", f"again {number}")
            await watched.next("a.json")


async def test_a_new_file_is_noticed(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.until("notified")
        await watched.next("b.json")
        write(tmp_path / "b.json", "{}")
        await watched.next("b.json")


async def test_other_files_of_the_folder_are_nobodys_business(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.until("notified")
        await watched.next("a.json")
        for number in range(5):
            write(tmp_path / "helix.db-wal", str(number))
        write(tmp_path / "a.json", "{}")
        await watched.next("a.json")
        assert watched.batches.empty()


async def test_polling_takes_over_where_notifications_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> object:
        raise OSError(28, "inotify limit reached")

    monkeypatch.setattr("watchfiles.awatch", refuse)
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.until("since notifications failed (OSError)")
        check = watched.health.get("state-watching")
        assert check is not None
        assert check.status == "warn"
        assert check.action
        write(tmp_path / "a.json", "{}")
        await watched.next("a.json")
        write(tmp_path / "a.json", "{ }")
        await watched.next("a.json")


async def test_polling_is_chosen_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    watched = Watched(tmp_path, poll=None)
    async with watched.running():
        await watched.until("polling every 100 ms")
        check = watched.health.get("state-watching")
        assert check is not None
        assert check.status == "pass"


@pytest.mark.parametrize("value", ["false", "disabled", "Disable", "0", "off", " ", ""])
async def test_an_environment_that_says_no_leaves_polling_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", value)
    watched = Watched(tmp_path, poll=None)
    async with watched.running():
        await watched.until("notified by the system")


async def test_nothing_is_watched_while_the_flag_is_off(tmp_path: Path) -> None:
    watched = Watched(tmp_path, on=False)
    async with watched.running():
        await watched.until("switched off")
        write(tmp_path / "a.json", "{}")
        assert watched.batches.empty()


async def test_switching_it_on_takes_what_was_edited_meanwhile_and_off_stops(tmp_path: Path) -> None:
    watched = Watched(tmp_path, on=False)
    async with watched.running():
        await watched.until("switched off")
        write(tmp_path / "a.json", "{}")
        watched.flags.switch("state_watching", on=True)
        await watched.next("a.json")
        await watched.until("notified")
        watched.flags.switch("lazy_commands", on=False)
        watched.flags.switch("state_watching", on=False)
        await watched.until("switched off")
        while not watched.batches.empty():
            watched.batches.get_nowait()
        write(tmp_path / "a.json", "later")
        assert watched.batches.empty()


async def test_an_edit_before_notifications_are_on_is_noticed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.files.watcher._SWEEP_MS", 3_600_000)
    real, edited = watchfiles.awatch, list[str]()

    def awatch(*arguments: Any, **options: Any) -> AsyncIterator[set[tuple[Any, str]]]:
        write(tmp_path / "a.json", "{}")
        edited.append("a.json")
        return real(*arguments, **options)

    monkeypatch.setattr("watchfiles.awatch", awatch)
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.next("a.json")  # the look at the start
        await watched.next("a.json")
        assert edited == ["a.json"]


async def test_notifications_that_failed_are_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.files.watcher._INSTEAD_S", 0.01)
    real, tries = watchfiles.awatch, list[int]()

    def awatch(*arguments: Any, **options: Any) -> AsyncIterator[set[tuple[Any, str]]]:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(24, "Too many open files")
        return real(*arguments, **options)

    monkeypatch.setattr("watchfiles.awatch", awatch)
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.until("notifications failed (OSError)")
        await watched.until("notified")
        check = watched.health.get("state-watching")
        assert check is not None
        assert check.status == "pass"


@pytest.mark.parametrize("poll", [False, True])
async def test_a_file_made_readable_is_looked_at_again(tmp_path: Path, poll: bool) -> None:
    write(tmp_path / "a.json", "{}")
    (tmp_path / "a.json").chmod(0)
    watched = Watched(tmp_path, poll=poll)
    async with watched.running():
        await watched.until("polling" if poll else "notified")
        await watched.next("a.json")
        (tmp_path / "a.json").chmod(0o644)
        await watched.next("a.json")


async def test_an_error_of_who_listens_ends_the_run_for_the_supervisor(tmp_path: Path) -> None:
    watched = Watched(tmp_path)

    async def broken(_: frozenset[str]) -> None:
        raise LookupError("listener")

    watcher = FolderWatcher(tmp_path, NAMES, broken, flags=watched.flags, health=watched.health)
    with pytest.raises(LookupError):
        async with asyncio.timeout(40):
            await watcher.run()


async def test_a_cancelled_watcher_leaves_no_task_behind(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    watched = Watched(tmp_path)
    async with watched.running():
        await watched.until("notified")
    assert asyncio.all_tasks() == before


async def test_a_folder_put_in_the_place_of_the_watched_one_is_still_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.files.watcher._SWEEP_MS", 30)
    folder = tmp_path / "data"
    folder.mkdir()
    watched = Watched(folder)
    async with watched.running():
        await watched.until("notified")
        await watched.next("a.json")
        folder.rename(tmp_path / "moved-away")
        folder.mkdir()
        write(folder / "a.json", "{}")
        await watched.next("a.json")
        write(folder / "a.json", "{ }")
        await watched.next("a.json")


async def test_while_it_is_held_back_it_says_so_and_edits_are_found_afterwards(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.watcher.hold()
    async with watched.running():
        await watched.until("begins when Helix has started")
        write(tmp_path / "a.json", "1")
        assert watched.batches.empty()
        watched.watcher.release()
        await watched.next("a.json")
        await watched.until("notified by the system")
