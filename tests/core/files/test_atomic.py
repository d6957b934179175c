"""A file is replaced whole or not at all, and an edit of the last moment is put back."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.files import atomic, rename
from core.files.atomic import PRIVATE, Overtaken, put_back, replace_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f.json"


def names(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def before_exchange(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], object]) -> None:
    """Does one act of an outside writer before each exchange, as close as an outside writer can come."""
    waiting = list(acts)

    def exchange(first: Path, second: Path) -> bool:
        if waiting:
            waiting.pop(0)()
        return rename.exchange(first, second)

    monkeypatch.setattr(atomic, "exchange", exchange)


def test_a_new_file_is_readable_by_all(path: Path) -> None:
    replace_file(path, b"new", None)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert names(path) == ["f.json"]


def test_a_new_file_can_be_private(path: Path) -> None:
    replace_file(path, b"new", None, new_mode=PRIVATE)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_mode_of_the_file_is_kept(path: Path) -> None:
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(path) == ["f.json"]


@pytest.mark.parametrize("allowed", [True, False])
def test_the_owner_of_the_file_is_kept_where_we_may_give_it_away(
    path: Path, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    given: list[tuple[int, int]] = []

    def fchown(_descriptor: int, user: int, group: int) -> None:
        given.append((user, group))
        if not allowed:
            raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", fchown)
    path.write_bytes(b"old")
    replace_file(path, b"new", b"old")
    user, group = path.stat().st_uid, path.stat().st_gid
    # Where the file cannot be given to its owner, its group may still be kept.
    assert given == ([(user, group)] if allowed else [(user, group), (-1, group)])
    assert path.read_bytes() == b"new"


def test_what_nobody_has_looked_at_is_put_back(path: Path) -> None:
    path.write_bytes(b"an edit")
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"an edit"
    assert names(path) == ["f.json"]


def test_a_file_created_in_between_stands(path: Path) -> None:
    path.write_bytes(b"an edit")
    with pytest.raises(Overtaken):
        replace_file(path, b"new", None)
    assert path.read_bytes() == b"an edit"
    assert names(path) == ["f.json"]


def test_a_file_removed_in_between_stays_removed(path: Path) -> None:
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    assert names(path) == []


def test_an_editor_who_replaces_the_file_in_the_very_moment_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")
    edit = path.with_name("edit")
    edit.write_bytes(b"an edit")
    before_exchange(monkeypatch, lambda: edit.replace(path))
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"an edit"


def test_an_editor_who_is_still_writing_goes_on_in_the_right_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")
    editor: list[int] = []
    before_exchange(monkeypatch, lambda: editor.append(os.open(path, os.O_WRONLY | os.O_TRUNC)))
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    os.write(editor[0], b"an edit")
    os.close(editor[0])
    assert path.read_bytes() == b"an edit"


def test_the_newest_of_two_edits_wins(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"old")
    first, second = path.with_name("first"), path.with_name("second")
    first.write_bytes(b"first")
    second.write_bytes(b"second")
    before_exchange(monkeypatch, lambda: first.replace(path), lambda: second.replace(path))
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"second"


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_plain_file_is_put_back(path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("elsewhere")
    with pytest.raises(Overtaken):
        replace_file(path, b"new", b"old")
    assert path.is_dir() if kind == "folder" else path.is_symlink()
    assert names(path) == ["f.json"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")

    def full(_descriptor: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"old"
    assert names(path) == ["f.json"]


def test_what_a_crash_left_half_written_is_written_over(path: Path) -> None:
    path.write_bytes(b"old")
    path.with_name(".f.json.part").write_bytes(b"half")
    replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"new"
    assert names(path) == ["f.json"]


def test_what_a_crash_left_beside_the_file_is_not_written_over(path: Path) -> None:
    path.write_bytes(b"old")
    path.with_name(".f.json.new").write_bytes(b"an edit")
    with pytest.raises(FileExistsError):
        replace_file(path, b"new", b"old")
    assert (path.read_bytes(), path.with_name(".f.json.new").read_bytes()) == (b"old", b"an edit")


@pytest.mark.parametrize(
    ("standing", "left", "put", "then"),
    [
        (b"ours", b"an edit", True, b"an edit"),
        (None, b"an edit", True, b"an edit"),
        (b"a newer edit", b"an edit", False, b"a newer edit"),
        (b"ours", b"ours too", False, b"ours"),
        (b"an edit", b"ours", False, b"an edit"),
        (b"ours", None, False, b"ours"),
    ],
)
def test_an_edit_that_a_crash_left_is_put_back_unless_a_newer_one_stands_there(
    *, path: Path, standing: bytes | None, left: bytes | None, put: bool, then: bytes
) -> None:
    for place, content in ((path, standing), (path.with_name(".f.json.new"), left)):
        if content is not None:
            place.write_bytes(content)
    assert put_back(path, lambda content: content.startswith(b"ours")) == put
    assert path.read_bytes() == then
    assert names(path) == ["f.json"]


def test_an_edit_of_the_last_moment_that_cannot_be_read_is_put_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"an edit")
    real = os.open

    def none_left(opened: Path, flags: int, *mode: int) -> int:
        if opened.name == ".f.json.new":
            raise OSError(errno.EMFILE, "Too many open files")
        return real(opened, flags, *mode)

    monkeypatch.setattr(os, "open", none_left)
    with pytest.raises(OSError, match="Too many open files"):
        replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"an edit"
    monkeypatch.undo()
    assert not put_back(path, lambda content: content == b"new")
    assert names(path) == ["f.json"]


def test_the_new_content_is_flushed_before_it_takes_the_place_and_the_folder_after(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")
    order: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112 - a descriptor
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    before_exchange(monkeypatch, lambda: order.append("exchange"))
    replace_file(path, b"new", b"old")
    assert order == ["file", "exchange", "folder"]


@pytest.mark.parametrize("error", [errno.ENOSYS, errno.EINVAL])
def test_a_system_that_cannot_exchange_names_replaces(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    monkeypatch.setattr("ctypes.get_errno", lambda: error)
    monkeypatch.setattr("ctypes.CDLL", _NoExchange)
    path.write_bytes(b"old")
    replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"new"
    with pytest.raises(Overtaken):
        replace_file(path, b"newer", b"old")
    assert path.read_bytes() == b"new"
    assert names(path) == ["f.json"]


def test_a_library_without_the_call_replaces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda *_arguments, **_options: object())
    path.write_bytes(b"old")
    replace_file(path, b"new", b"old")
    assert path.read_bytes() == b"new"


class _NoExchange:
    """A C library whose renameat2 always fails."""

    def __init__(self, *_arguments: object, **_options: object) -> None:
        self.renameat2 = lambda *_: -1
