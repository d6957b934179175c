"""Success is said only while the files that are open are those under the store's names."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.store.errors import StoreGone
from core.store.sqlite.files import StoreFiles, wal_path
from tests.core.store.notes_store import add, notes, open_database


def remove_all(path: Path) -> None:
    shutil.rmtree(path.parent)


def move_away(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def move_back(path: Path) -> None:
    path.parent.with_name("moved").rename(path.parent)


def replace_folder(path: Path) -> None:
    move_away(path)
    shutil.copytree(path.parent.with_name("moved"), path.parent)


def remove_log(path: Path) -> None:
    wal_path(path).unlink()


def replace_log(path: Path) -> None:
    copy = shutil.copy(wal_path(path), path.with_name("copy"))
    Path(copy).replace(wal_path(path))


def replace_database(path: Path) -> None:
    copy = shutil.copy(path, path.with_name("copy"))
    Path(copy).replace(path)


WAYS = pytest.mark.parametrize(
    ("way", "said"),
    [
        (remove_all, "helix.db was removed"),
        (move_away, "helix.db was removed"),
        (replace_folder, "helix.db was replaced"),
        (replace_database, "helix.db was replaced"),
        (remove_log, "helix.db-wal was removed"),
        (replace_log, "helix.db-wal was replaced"),
    ],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@WAYS
async def test_nothing_is_kept_once_the_files_are_not_the_named_ones(
    folder: Path, way: Callable[[Path], None], said: str
) -> None:
    database = await open_database(folder)
    await database.write(add("before"))
    way(database.path)
    committed: list[str] = []
    with pytest.raises(StoreGone, match=said):
        await database.write(add("after"), on_commit=committed.append)
    both = (database.write(add("b")), database.write(add("c")))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [type(result) for result in results] == [StoreGone, StoreGone]
    assert committed == []
    assert said in (database.stats().gone or "")
    await database.close()


async def test_a_folder_that_is_put_back_is_written_to_again(folder: Path) -> None:
    database = await open_database(folder)
    await database.write(add("before"))
    move_away(database.path)
    with pytest.raises(StoreGone):
        await database.write(add("meanwhile"))
    move_back(database.path)
    await database.write(add("after"))
    assert (database.stats().gone, database.stats().last_error) == (None, None)
    await database.close()
    again = await open_database(folder)
    assert await notes(again) == ["before", "after"]
    await again.close()


@pytest.mark.parametrize("way", [remove_log, replace_log])
async def test_a_clean_stop_saves_what_a_removed_log_holds(folder: Path, way: Callable[[Path], None]) -> None:
    database = await open_database(folder)
    await asyncio.gather(*(database.write(add(f"n{number}")) for number in range(20)))
    way(database.path)
    with pytest.raises(StoreGone):
        await database.write(add("after"))
    await database.close()
    again = await open_database(folder)
    assert await notes(again) == [f"n{number}" for number in range(20)]
    await again.close()


async def test_what_was_being_committed_as_they_went_is_no_success(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([None, "helix.db was removed"])
    monkeypatch.setattr(StoreFiles, "gone", lambda _: next(looks, None))
    database = await open_database(folder)
    committed: list[str] = []
    with pytest.raises(StoreGone):
        await database.write(add("in doubt"), on_commit=committed.append)
    # The memory beside the store follows what the open files hold.
    assert committed == await notes(database) == ["in doubt"]
    await database.close()


async def test_a_file_that_cannot_be_looked_at_is_not_known_to_be_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(folder)
    real = os.stat

    def fails(path: str, **options: bool) -> object:
        if path == str(database.path):
            raise OSError(5, "Input/output error")
        return real(path, **options)

    monkeypatch.setattr(os, "stat", fails)
    with pytest.raises(StoreGone, match="cannot be read"):
        await database.write(add("a"))
    monkeypatch.undo()
    await database.write(add("b"))
    assert await notes(database) == ["b"]
    await database.close()
