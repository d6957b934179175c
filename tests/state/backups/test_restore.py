"""A backup brought back is the state it was taken from."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StartError
from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.backups import folder_swap
from state.backups import restore as restoring
from state.backups.restore import Restored, RestoreRefused, describe, parse_file, restore
from state.change import Actor
from state.collective import Collective
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from state.snapshot_table import read_snapshot
from tests.flushes import recorded_flushes
from tests.manual_clock import ManualClock
from tests.state.backing import edit_database, keep_changing, live, rewrite

ADA = Actor("command", "Ada", 7)
MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
ENDLESS = "WITH RECURSIVE one (number) AS (SELECT 1 UNION ALL SELECT number FROM one) SELECT number FROM one"


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    (tmp_path / "data").mkdir()
    return build_kernel(Settings(data_dir=tmp_path / "data", ritual_step_s=0.001), clock)


@pytest.fixture
async def collective(kernel: Kernel) -> AsyncIterator[Collective]:
    async with opened(kernel.settings.data_dir, kernel) as collective:
        yield collective


class opened:  # noqa: N801 - reads as a context
    """A collective on a folder, closed at the end of the block."""

    def __init__(self, folder: Path, kernel: Kernel | None = None) -> None:
        self._folder = folder
        self._kernel = kernel or build_kernel(Settings(data_dir=folder), ManualClock(NOW))

    async def __aenter__(self) -> Collective:
        self._database = await SqliteStore.open(self._folder / "helix.db", MIGRATIONS, app_version="0.1.0")
        self._collective = await open_collective(self._kernel, self._database)
        return self._collective

    async def __aexit__(self, *_: object) -> None:
        await self._collective.close()
        await self._database.close()


@pytest.fixture
async def archive(collective: Collective, tmp_path: Path) -> Path:
    """A backup taken while others write."""
    stop = asyncio.Event()
    writer = asyncio.create_task(keep_changing(collective, stop))
    await live(collective, changes=50)
    record = await collective.backups.create(ADA)
    stop.set()
    await writer
    path = tmp_path / record.file
    shutil.copy(collective.backups.folder / record.file, path)
    return path


def new_folder(folder: Path) -> Path:
    """A folder as the command line finds it: with its lock in it."""
    folder.mkdir()
    (folder / ".lock").touch()
    return folder


def beside(parent: Path, word: str) -> list[str]:
    return sorted(path.name for path in parent.iterdir() if word in path.name)


def table(path: Path, name: str, *, but_last: bool = False) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - a test's
    return rows[:-1] if but_last else rows


def unpacked(archive: Path, folder: Path) -> Path:
    folder.mkdir()
    shutil.unpack_archive(archive, folder, filter="data")
    return folder


async def test_a_restore_into_an_empty_folder_is_complete(archive: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "empty")
    done = restore(archive, folder, MIGRATIONS, NOW)
    held = unpacked(archive, tmp_path / "held")
    for name in ("rituals", "contexts", "directives", "schedules", "alerts", "remembered", "probes"):
        assert table(folder / "helix.db", name) == table(held / "helix.db", name)
    for name in ("journal", "ucf_history"):
        assert table(folder / "helix.db", name, but_last=True) == table(held / "helix.db", name)
    assert (folder / "services.json").read_bytes() == (held / "services.json").read_bytes()
    assert done.aside is None
    assert beside(tmp_path, "empty") == ["empty"]
    async with opened(folder) as back:
        snapshot = back.manager.snapshot
        assert snapshot == done.snapshot
        assert snapshot.version == done.manifest.state_version + 1
        assert snapshot.folklore["flare"].encounters == 6
        assert snapshot.reports["Claude"].task == "thinking"
        assert back.projector.edits_at_start == 0
        assert json.loads((folder / "ucf_state.json").read_bytes()) == snapshot.ucf.as_dict()
        assert not back.database.recovery.unclean
        (entry,) = await back.journal.entries(subject="restore")
        assert entry.after == {"version": snapshot.version, "file": archive.name}
        assert await back.journal.count(kinds={"ucf"}) > 0


async def test_the_time_since_the_backup_does_not_count_as_down(archive: Path, tmp_path: Path) -> None:
    def measured(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(
            files["helix.db"],
            tmp_path,
            "INSERT INTO slo_minutes (at_us, span_us, sums) VALUES (1767000000000000, 60000000, '{}')",
        )

    folder = new_folder(tmp_path / "back")
    restore(rewrite(archive, measured), folder, MIGRATIONS, NOW)
    assert table(folder / "helix.db", "slo_minutes") == []


async def test_rituals_and_the_last_one_come_back_and_can_be_replayed(
    collective: Collective, tmp_path: Path
) -> None:
    run = await collective.rituals.start(3, actor=ADA)
    made = asyncio.create_task(collective.backups.create(ADA))
    ritual = await run.wait()
    record = await made
    if (await collective.rituals.get(ritual.id)).status == "done":
        record = await collective.backups.create(ADA)
    folder = new_folder(tmp_path / "empty")
    restore(collective.backups.folder / record.file, folder, MIGRATIONS, NOW)
    async with opened(folder) as back:
        assert back.rituals.last == ritual
        assert (await back.rituals.replay(ritual.id)).matches
        assert back.manager.snapshot.ucf == collective.manager.snapshot.ucf


async def test_a_backup_taken_during_rituals_and_edits_passes_its_check_and_brings_one_state_back(
    collective: Collective, tmp_path: Path
) -> None:
    stop = asyncio.Event()

    async def keep_performing() -> None:
        while not stop.is_set():
            await (await collective.rituals.start(3, actor=ADA)).wait()

    others = (asyncio.create_task(keep_performing()), asyncio.create_task(keep_changing(collective, stop)))
    while await collective.rituals.count() < 3:
        await asyncio.sleep(0)
    record = await collective.backups.create(ADA)
    stop.set()
    await asyncio.gather(*others)
    assert (await collective.backups.verify(record.id, ADA)).status == "good"
    path = collective.backups.folder / record.file
    folder = new_folder(tmp_path / "empty")
    done = restore(path, folder, MIGRATIONS, NOW)
    with closing(sqlite3.connect(unpacked(path, tmp_path / "held") / "helix.db")) as connection:
        held = read_snapshot(connection)
    assert held is not None
    assert (done.snapshot.ucf, done.snapshot.folklore, done.snapshot.reports) == (
        held.ucf, held.folklore, held.reports,
    )  # fmt: skip
    async with opened(folder) as back:
        assert back.manager.snapshot == done.snapshot
        finished = [one for one in await back.rituals.page(0, 500) if one.status == "done"]
        assert len(finished) >= 2
        for ritual in finished:
            assert ritual.finish is not None
            assert (await back.rituals.replay(ritual.id)).matches
            # Each is whole: its row, its version of the field and its line in the journal, or none of them.
            (entry, *more) = await back.journal.entries(kinds={"ritual"}, subject=str(ritual.id))
            assert not more
            assert isinstance(entry.after, dict)
            assert entry.after["status"] == "done"


async def test_a_ritual_that_ran_when_the_backup_was_taken_is_cut_off_and_changes_nothing(
    collective: Collective, tmp_path: Path
) -> None:
    before = collective.manager.snapshot.ucf
    run = await collective.rituals.start(1000, actor=ADA)
    record = await collective.backups.create(ADA)
    await collective.rituals.cancel("enough", ADA)
    folder = new_folder(tmp_path / "empty")
    restore(collective.backups.folder / record.file, folder, MIGRATIONS, NOW)
    async with opened(folder) as back:
        assert (await back.rituals.get(run.id)).status == "interrupted"
        assert back.manager.snapshot.ucf == before


async def test_old_data_is_set_aside_and_the_version_is_above_both(archive: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "present")
    folder.chmod(0o755)
    async with opened(folder) as present:
        while present.manager.snapshot.version < 200:
            await live(present, changes=30)
    (folder / "mine.txt").write_text("mine")
    (folder / "ucf_state.json").write_text("an edit that nobody took")
    done = restore(archive, folder, MIGRATIONS, NOW)
    assert done.snapshot.version > 200
    assert done.aside == tmp_path / "present.before-restore-20260201T000000Z"
    assert (done.aside / "mine.txt").read_text() == "mine"
    assert (done.aside / "ucf_state.json").read_text() == "an edit that nobody took"
    assert not (done.aside / ".lock").exists()
    assert (folder / ".lock").exists()
    assert not (folder / ".half").exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "helix.db").stat().st_mode) == 0o600
    async with opened(folder) as back:
        assert back.manager.snapshot == done.snapshot
        assert back.projector.refusals == ()
    # A second one finds another name.
    again = restore(archive, folder, MIGRATIONS, NOW)
    assert again.aside is not None
    assert again.aside.name.endswith("Z-2")


async def test_files_keep_their_modes_and_owners_and_a_new_services_file_is_private(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_folder(tmp_path / "present")
    async with opened(folder):
        pass
    (folder / "backups").mkdir(mode=0o750)
    (folder / "backups" / "helix-1-20260101T000000Z.tar.gz").touch()
    modes = {"helix.db": 0o640, "services.json": 0o604, "ucf_state.json": 0o660, "agents.json": 0o400}
    for name, mode in modes.items():
        (folder / name).chmod(mode)
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _fd, user, group: given.append((user, group)))
    restore(archive, folder, MIGRATIONS, NOW)
    modes["backups"] = 0o750
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in modes} == modes
    # These files and the folder itself.
    assert given == [(os.getuid(), os.getgid())] * (len(modes) + 1)
    new = new_folder(tmp_path / "new")
    restore(archive, new, MIGRATIONS, NOW)
    assert stat.S_IMODE((new / "services.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((new / "ucf_state.json").stat().st_mode) == 0o644


async def test_backups_are_carried_over_and_can_be_checked(
    collective: Collective, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(collective)
    first, second = [await collective.backups.create(ADA) for _ in range(2)]
    folder = collective.kernel.settings.data_dir
    (folder / ".lock").touch()
    await collective.close()
    await collective.database.close()
    flushed = recorded_flushes(monkeypatch)
    done = restore(folder / "backups" / first.file, folder, MIGRATIONS, NOW)
    assert done.backups == 2
    # So that they are still there after a power cut.
    assert flushed[tmp_path / "data.restoring" / "backups"] == {first.file, second.file}
    assert "2 archives carried over" in describe(done)
    async with opened(folder) as back:
        found = back.backups.list()
        assert [record.status for record in found] == ["unchecked", "unchecked"]
        assert {(await back.backups.verify(record.id, ADA)).status for record in found} == {"good"}


@pytest.mark.parametrize("damage", ["truncated", "tampered", "foreign", "missing"])
def test_a_bad_archive_changes_nothing(archive: Path, tmp_path: Path, damage: str) -> None:
    folder = new_folder(tmp_path / "present")
    (folder / "mine.txt").write_text("mine")
    if damage == "truncated":
        archive.write_bytes(archive.read_bytes()[:-200])
    elif damage == "tampered":
        rewrite(archive, lambda files: files.update({"services.json": b"{}"}), honest=False)
    elif damage == "foreign":
        archive.write_bytes(b"PK\x03\x04 a zip")
    else:
        archive.unlink()
    with pytest.raises(RestoreRefused, match="Nothing was changed"):
        restore(archive, folder, MIGRATIONS, NOW)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "mine.txt"]
    assert not (tmp_path / "present.restoring").exists()


async def test_a_later_schema_is_refused(archive: Path, tmp_path: Path) -> None:
    known = tuple(one for one in MIGRATIONS if one.number != 27)
    with pytest.raises(RestoreRefused, match=r"schema step 27"):
        restore(archive, new_folder(tmp_path / "x"), known, NOW)


async def test_an_earlier_schema_is_brought_up_to_date(archive: Path, tmp_path: Path) -> None:
    later = (*MIGRATIONS, Migration(49, "later", ("CREATE TABLE later (id INTEGER PRIMARY KEY)",)))
    folder = new_folder(tmp_path / "x")
    restore(archive, folder, later, NOW)
    assert table(folder / "helix.db", "later") == []
    assert list(folder.glob("*.bak")) == []


async def test_a_damaged_present_database_does_not_prevent_a_restore(archive: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "present")
    (folder / "helix.db").write_bytes(os.urandom(5000))
    done = restore(archive, folder, MIGRATIONS, NOW)
    assert done.snapshot.version == done.manifest.state_version + 1
    assert done.aside is not None


async def test_a_disk_error_changes_nothing(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "x")

    folder = new_folder(tmp_path / "present")
    monkeypatch.setattr(restoring, "adopt", refuse)
    with pytest.raises(RestoreRefused, match="No space left on device"):
        restore(archive, folder, MIGRATIONS, NOW)
    assert sorted(path.name for path in folder.iterdir()) == [".lock"]


async def test_the_result_is_described(archive: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "present")
    (folder / "mine.txt").write_text("mine")
    text = describe(restore(archive, folder, MIGRATIONS, NOW))
    for words in ("made by Helix", "harmony", "journal ", "services.json", "before-restore-"):
        assert words in text


async def test_redacted_secrets_are_described(archive: Path, tmp_path: Path) -> None:
    def mark(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        files["manifest.json"] = json.dumps({**manifest, "redacted": ["services.json"]}).encode()

    rewrite(archive, mark)
    done: Restored = restore(archive, new_folder(tmp_path / "x"), MIGRATIONS, NOW)
    assert "enter them there again" in describe(done)


async def test_a_database_without_a_state_is_refused(archive: Path, tmp_path: Path) -> None:
    def empty(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, "DELETE FROM snapshot")

    with pytest.raises(RestoreRefused, match="does not hold the state"):
        restore(rewrite(archive, empty), new_folder(tmp_path / "x"), MIGRATIONS, NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER planted AFTER INSERT ON journal BEGIN DELETE FROM contexts; END",
        "CREATE VIEW planted AS SELECT * FROM journal",
        "CREATE TABLE planted (id INTEGER PRIMARY KEY)",
        "CREATE INDEX planted ON journal (reason)",
        "DROP TRIGGER journal_found",
        "ALTER TABLE journal ADD COLUMN planted TEXT",
    ],
)
async def test_an_archive_whose_schema_no_helix_made_is_refused(
    archive: Path, tmp_path: Path, statement: str
) -> None:
    def plant(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, statement)

    folder = new_folder(tmp_path / "x")
    with pytest.raises(RestoreRefused, match=r"not one of Helix.*Nothing was changed"):
        restore(rewrite(archive, plant), folder, MIGRATIONS, NOW)
    assert [path.name for path in folder.iterdir()] == [".lock"]


@pytest.mark.parametrize("name", ["applied_migrations", "Applied_Migrations"])
async def test_an_archive_with_an_endless_view_in_the_place_of_a_table_is_refused(
    archive: Path, tmp_path: Path, name: str
) -> None:
    def plant(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(
            files["helix.db"],
            tmp_path,
            "DROP TABLE applied_migrations",
            f"CREATE VIEW {name} AS {ENDLESS}",
        )

    with pytest.raises(RestoreRefused, match=r"(?i)not one of Helix.*applied_migrations"):
        restore(rewrite(archive, plant), new_folder(tmp_path / "x"), MIGRATIONS, NOW)


async def test_statistics_of_sqlite_in_an_archive_are_taken(archive: Path, tmp_path: Path) -> None:
    def analyzed(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, "ANALYZE")

    restore(rewrite(archive, analyzed), new_folder(tmp_path / "x"), MIGRATIONS, NOW)


async def test_an_error_of_sqlite_is_a_refusal_and_no_traceback(archive: Path, tmp_path: Path) -> None:
    def taken(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(
            files["helix.db"],
            tmp_path,
            "INSERT INTO ucf_history SELECT (SELECT version FROM snapshot) + 1, 1, 'x', 1, 1, 1, 1, 1, 1",
        )

    folder = new_folder(tmp_path / "x")
    with pytest.raises(StartError, match="SQLite refused"):
        restore(rewrite(archive, taken), folder, MIGRATIONS, NOW)
    assert [path.name for path in folder.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE snapshot SET changed_us = 'x'",),
        ("UPDATE snapshot SET changed_us = x'ff'",),
        ("UPDATE snapshot SET changed_us = 9223372036854775807",),
        ("UPDATE snapshot SET changed_us = 1e300",),
        (
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET name = CAST(x'41ff' AS TEXT) WHERE type = 'trigger'",
        ),
    ],
)
async def test_a_value_that_helix_does_not_write_is_a_refusal_and_no_traceback(
    archive: Path, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    def doctor(files: dict[str, bytes]) -> None:
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, *statements)

    with pytest.raises(RestoreRefused, match="is damaged"):
        restore(rewrite(archive, doctor), new_folder(tmp_path / "x"), MIGRATIONS, NOW)


@pytest.mark.parametrize("value", ["'x'", "x'ff'", "'-1'", "'\u00b2'"])
async def test_a_count_of_stops_that_is_no_number_does_not_stop_a_restore(
    archive: Path, tmp_path: Path, value: str
) -> None:
    def doctor(files: dict[str, bytes]) -> None:
        statement = f"INSERT OR REPLACE INTO meta VALUES ('unclean_stops', {value})"  # noqa: S608 - a test's
        files["helix.db"] = edit_database(files["helix.db"], tmp_path, statement)

    folder = new_folder(tmp_path / "x")
    restore(rewrite(archive, doctor), folder, MIGRATIONS, NOW)
    assert ("unclean_stops", "0") in table(folder / "helix.db", "meta")


def test_a_file_must_be_named() -> None:
    with pytest.raises(RestoreRefused, match="Give a backup"):
        parse_file(None)
    assert parse_file("a.tar.gz") == Path("a.tar.gz")


@pytest.mark.parametrize("mount", [False, True])
async def test_a_folder_that_cannot_be_renamed_is_filled_in_place(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mount: bool
) -> None:
    folder = new_folder(tmp_path / "present")
    (folder / "mine.txt").write_text("mine")
    (folder / "before-restore-older").mkdir()
    (folder / "before-restore-older" / "x").touch()

    def busy(*_: object) -> bool:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(folder_swap, "exchange", busy)
    if mount:
        monkeypatch.setattr("os.access", lambda *_: False)
    done = restore(archive, folder, MIGRATIONS, NOW)
    assert done.aside == folder / "before-restore-20260201T000000Z"
    assert (done.aside / "mine.txt").read_text() == "mine"
    assert (folder / "before-restore-older" / "x").exists()
    assert beside(tmp_path, "present") == ["present"]
    hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    assert hidden == [".lock"]
    async with opened(folder) as back:
        assert back.manager.snapshot == done.snapshot
