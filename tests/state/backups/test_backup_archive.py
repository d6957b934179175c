"""Archives that are damaged, altered or hostile."""

from __future__ import annotations

import os
import tarfile
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from state.backups._archive import check_database, hash_file, unpack
from state.backups._source import CopyStopped
from state.backups.manifest import BadBackup, Manifest
from state.change import Actor
from state.collective import Collective
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from tests.state.backing import edit_database, live, read_archive, rewrite, write_archive

ADA = Actor("command", "Ada", 7)
MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    yield collective
    await collective.close()


@pytest.fixture
async def archive(collective: Collective, tmp_path: Path) -> Path:
    await live(collective)
    record = await collective.backups.create(ADA)
    path = tmp_path / "given.tar.gz"
    path.write_bytes((collective.backups.folder / record.file).read_bytes())
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def look(archive: Path, target: Path) -> None:
    """What every check of an archive does."""
    manifest = unpack(archive, target)
    check_database(target / "helix.db", manifest, MIGRATIONS)


def manifest_of(files: dict[str, bytes], **changes: object) -> bytes:
    manifest = msgspec.json.decode(files["manifest.json"])
    return msgspec.json.encode({**manifest, **changes})


def test_an_archive_repacked_without_changes_passes(archive: Path, target: Path) -> None:
    look(rewrite(archive, lambda files: files.pop("agents.json")), target)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_one_is_refused(archive: Path, target: Path, share: float) -> None:
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BadBackup, match="damaged or cut off"):
        look(archive, target)


def test_any_flipped_byte_is_refused(archive: Path, target: Path) -> None:
    data = archive.read_bytes()
    unchecked = set(unchecked_bytes(data))
    for place in range(20, len(data), max(1, len(data) // 40)):
        if place in unchecked:
            continue
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        archive.write_bytes(flipped)
        with pytest.raises(BadBackup):
            look(archive, target)
        for left in target.iterdir():
            left.unlink()


def unchecked_bytes(data: bytes) -> Iterator[int]:
    """Where each gzip member tells a time, a level and a system: no checksum covers them (RFC 1952 §2.3)."""
    start = 0
    while start < len(data):
        yield from range(start + 4, start + 10)
        member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        member.decompress(data[start:])
        start = len(data) - len(member.unused_data)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x1f\x8b\x08\x00" + bytes(50), os.urandom(2000)])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, target: Path, data: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(data)
    with pytest.raises(BadBackup):
        look(path, target)


def test_a_file_that_is_not_regular_is_refused_without_blocking(tmp_path: Path, target: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises((BadBackup, IsADirectoryError)):
            look(path, target)
    with pytest.raises(BadBackup, match="There is no file"):
        look(tmp_path / "nowhere.tar.gz", target)


def test_a_foreign_archive_is_refused(tmp_path: Path, target: Path) -> None:
    path = write_archive(tmp_path / "x.tar.gz", [("readme.txt", b"hello")])
    with pytest.raises(BadBackup, match="no backup of Helix"):
        look(path, target)


@pytest.mark.parametrize("name", ["../helix.db", "/etc/passwd", "sub/helix.db", "helix.db-wal"])
def test_a_path_outside_the_folder_is_refused(archive: Path, target: Path, name: str) -> None:
    def rename(files: dict[str, bytes]) -> None:
        files[name] = files.pop("agents.json")

    with pytest.raises(BadBackup, match="files that no backup has"):
        look(rewrite(archive, rename), target)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_devices_and_folders_are_refused(archive: Path, target: Path, kind: bytes) -> None:
    files = read_archive(archive)
    link = tarfile.TarInfo("helix.db")
    link.type, link.linkname = kind, "/etc/passwd"
    with pytest.raises(BadBackup, match="something other than regular files"):
        look(write_archive(archive, [("manifest.json", files["manifest.json"]), (link, b"")]), target)
    assert list(target.iterdir()) == []


def test_a_changed_part_is_refused(archive: Path, target: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["ucf_state.json"] = files["ucf_state.json"].replace(b"0", b"1")

    with pytest.raises(BadBackup, match=r"changed: the SHA-256 of ucf_state\.json"):
        look(rewrite(archive, change, honest=False), target)


def test_a_missing_an_added_and_a_longer_part_are_refused(archive: Path, target: Path) -> None:
    files = read_archive(archive)
    for wrong in (
        {name: data for name, data in files.items() if name != "agents.json"},
        {**files, "more.txt": b"more"},
        {**files, "services.json": files["services.json"] + b" "},
    ):
        with pytest.raises(BadBackup):
            look(write_archive(archive, list(wrong.items())), target)
        for left in target.iterdir():
            left.unlink()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "has format 2"),
        ({"format": "one"}, "manifest is not valid"),
        ({"more": 1}, "manifest is not valid"),
        ({"parts": []}, "no backup has"),
        ({"parts": [{"name": "helix.db", "size": 10**15, "sha256": ""}]}, "the limit is"),
        ({"parts": [{"name": "helix.db", "size": -1, "sha256": ""}]}, "the limit is"),
    ],
)
def test_an_invalid_manifest_is_refused(
    archive: Path, target: Path, changes: dict[str, object], said: str
) -> None:
    files = read_archive(archive)
    files["manifest.json"] = manifest_of(files, **changes)
    with pytest.raises(BadBackup, match=said):
        look(write_archive(archive, list(files.items())), target)


def test_a_manifest_too_long_is_refused(archive: Path, target: Path) -> None:
    path = write_archive(archive, [("manifest.json", b" " * 100_000)])
    with pytest.raises(BadBackup, match="does not begin with a manifest"):
        look(path, target)


def test_a_bomb_is_refused_before_it_is_unpacked(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        total, used, free = 2**40, 2**40 - 2**20, 2**20

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(BadBackup, match="not enough space to unpack"):
        look(archive, target)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE snapshot SET version = version + 1", "does not hold the state"),
        ("DELETE FROM snapshot", "does not hold the state"),
        ("UPDATE snapshot SET ucf = '{}'", "damaged"),
        ("PRAGMA user_version = 99", "does not have the schema"),
        ("DROP TABLE snapshot", "not one of Helix"),
    ],
)
def test_a_database_that_differs_from_the_manifest_is_refused(
    archive: Path, target: Path, tmp_path: Path, statement: str, said: str
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, statement)

    with pytest.raises(BadBackup, match=said):
        look(rewrite(archive, change), target)


def test_a_damaged_database_is_refused(archive: Path, target: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        data = bytearray(files["helix.db"])
        data[4096 * 2 : 4096 * 3] = os.urandom(4096)
        files["helix.db"] = bytes(data)

    with pytest.raises(BadBackup):
        look(rewrite(archive, change), target)


def test_a_later_schema_is_refused_naming_the_version_that_made_it(
    archive: Path, target: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(
            files["helix.db"],
            tmp_path,
            "INSERT INTO applied_migrations VALUES (999, 'later', '9.9')",
            "PRAGMA user_version = 999",
        )
        files["manifest.json"] = manifest_of(files, schema_step=999, helix="9.9")

    with pytest.raises(BadBackup, match=r"made by Helix 9\.9 \(schema step 999\)"):
        look(rewrite(archive, change), target)


def test_a_cancelled_check_stops(archive: Path, target: Path) -> None:
    with pytest.raises(CopyStopped):
        unpack(archive, target, stopped=lambda: True)
    with pytest.raises(CopyStopped):
        hash_file(archive, lambda: True)
    for left in target.iterdir():
        left.unlink()
    manifest: Manifest = unpack(archive, target)
    with pytest.raises(CopyStopped):
        check_database(target / "helix.db", manifest, MIGRATIONS, stopped=lambda: True)
