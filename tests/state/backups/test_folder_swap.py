"""A kill at any step of the swap leaves the old folder or the new one, and the next start finishes it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from state.backups import folder_swap
from tests.flushes import recorded_flushes

STAMP = "20260201T000000Z"


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / ".lock").touch()
    for name in ("helix.db", "ucf_state.json", "mine.txt"):
        (folder / name).write_text("old")
    return folder


def prepare(folder: Path) -> Path:
    prepared = folder_swap.begin(folder)
    for name in ("helix.db", "ucf_state.json", "services.json"):
        (prepared / name).write_text("new")
    return prepared


def is_whole(folder: Path) -> str:
    """Which of the two a folder is."""
    found = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    found = {name: text for name, text in found.items() if name not in {".lock", ".half"}}
    if found == dict.fromkeys(("helix.db", "ucf_state.json", "mine.txt"), "old"):
        return "old"
    assert found == dict.fromkeys(("helix.db", "ucf_state.json", "services.json"), "new")
    return "new"


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Ends the process in the place of its `step`th renaming, linking or removing."""
    left = step

    def guarded(name: str) -> None:
        original = getattr(Path, name)

        def call(self: Path, *arguments: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return original(self, *arguments, **more)

        monkeypatch.setattr(Path, name, call)

    for name in ("rename", "unlink", "rmdir", "mkdir"):
        guarded(name)


@pytest.mark.parametrize("step", range(8))
def test_a_kill_around_the_exchange(folder: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    prepared = prepare(folder)
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with contextlib.suppress(Killed):
            folder_swap.swap(prepared, folder, STAMP)
    assert is_whole(folder) in {"old", "new"}
    assert (folder / ".lock").exists()
    # The next one begins anew, and loses neither.
    folder_swap.finish(folder)
    stood = is_whole(folder)
    aside = folder_swap.swap(prepare(folder), folder, STAMP)
    assert aside is not None
    assert is_whole(aside) == stood
    assert is_whole(folder) == "new"
    if stood == "new":
        kept = [path for path in folder.parent.iterdir() if "before-restore" in path.name and path != aside]
        assert [is_whole(path) for path in kept] == ["old"]


@pytest.mark.parametrize("step", range(14))
def test_a_kill_while_entries_are_moved_is_finished_by_the_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(folder_swap, "exchange", lambda *_: False)
    prepared = prepare(folder)
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with contextlib.suppress(Killed):
            folder_swap.swap(prepared, folder, STAMP)
    folder_swap.finish(folder)
    if is_whole(folder) == "new":
        assert is_whole(folder / f"before-restore-{STAMP}") == "old"
    assert folder_swap.finish(folder) is None
    assert is_whole(folder) in {"old", "new"}


def test_the_old_content_is_flushed_before_the_new_takes_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_swap, "exchange", lambda *_: False)
    prepared = prepare(folder)
    flushed = recorded_flushes(monkeypatch)
    aside = folder_swap.swap(prepared, folder, STAMP)
    assert aside is not None
    assert flushed[aside] == {"helix.db", "ucf_state.json", "mine.txt"}
    assert {"helix.db", "ucf_state.json", "services.json"} <= flushed[folder]


def test_an_empty_folder_is_not_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / ".lock").touch()
    inode = (folder / ".lock").stat().st_ino
    assert folder_swap.swap(prepare(folder), folder, STAMP) is None
    assert is_whole(folder) == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    # Whoever waits for the lock waits for the same one.
    assert (folder / ".lock").stat().st_ino == inode


def test_an_abandoned_folder_is_deleted(folder: Path) -> None:
    prepared = prepare(folder)
    folder_swap.abandon(prepared)
    assert not prepared.exists()
    assert is_whole(folder) == "old"


def test_other_system_errors_are_raised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(folder_swap, "exchange", broken)
    with pytest.raises(OSError, match="Input/output"):
        folder_swap.swap(prepare(folder), folder, STAMP)
    assert is_whole(folder) == "old"
