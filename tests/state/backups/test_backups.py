"""Backups of a collective that lives on meanwhile."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import logging
import os
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from core.logs.secret import Secret
from core.runtime.kernel import Kernel, build_kernel
from core.runtime.one_at_a_time import Busy, StoppedByRestart
from core.settings import Settings
from core.store import Store
from core.store.errors import StoreClosed
from core.store.tx import Tx
from state import backups as backups_module
from state.backups import BackupRefused, UnknownBackup
from state.backups import _make as _backup_making
from state.backups._secrets import SecretInBackup
from state.backups.folder import place
from state.change import Actor
from state.collective import Collective
from state.events import BackupCompleted
from state.opening import open_collective
from tests.flushes import recorded_flushes
from tests.hearing import Hearing
from tests.manual_clock import ManualClock
from tests.state.backing import keep_changing, live, read_archive, rewrite

ADA = Actor("command", "Ada", 7)
TOKEN = "MTIzNDU2.secret-part.of-a-token"


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    return build_kernel(Settings(data_dir=tmp_path, discord_token=Secret(TOKEN), backup_keep=2), clock)


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    yield collective
    await kernel.supervisor.stop(5)
    await collective.close()


def leftovers(collective: Collective) -> list[str]:
    return [path.name for path in collective.backups.folder.iterdir() if path.name.startswith(".")]


async def test_a_backup_made_while_others_write_passes_its_check_and_says_so(
    collective: Collective, kernel: Kernel
) -> None:
    events = Hearing(kernel.broadcaster, "backups")
    stop = asyncio.Event()
    writer = asyncio.create_task(keep_changing(collective, stop))
    await live(collective, changes=200)
    record = await collective.backups.create(ADA)
    stop.set()
    assert await writer > 0
    path = collective.backups.folder / record.file
    assert record.status == "good"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert record.size_bytes == path.stat().st_size
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert leftovers(collective) == []
    events.close()
    (event,) = [event.data async for event in events]
    assert isinstance(event, BackupCompleted)
    assert (event.sha256, event.file) == (record.sha256, record.file)
    (entry,) = await collective.journal.entries(kinds={"backup"})
    assert (entry.subject, entry.actor, entry.cause) == (record.file, "Ada", "command")
    assert (await collective.backups.verify(record.id, ADA)).status == "good"


async def test_an_archive_is_a_tar_that_any_program_opens(collective: Collective, tmp_path: Path) -> None:
    await live(collective)
    record = await collective.backups.create(ADA)
    files = read_archive(collective.backups.folder / record.file)
    assert list(files) == ["manifest.json", "helix.db", "ucf_state.json", "agents.json", "services.json"]
    manifest = json.loads(files["manifest.json"])
    assert manifest["state_version"] == collective.manager.snapshot.version
    assert {part["name"]: part["sha256"] for part in manifest["parts"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"
    }
    assert files["services.json"] == (tmp_path / "services.json").read_bytes()
    # Neither the mark of a run, nor a trace of the backup that it belongs to.
    (tmp_path / "copy.db").write_bytes(files["helix.db"])
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT value FROM meta WHERE key = 'run'").fetchone() == ("stopped",)
        assert copy.execute("SELECT count(*) FROM backups").fetchone() == (0,)


async def test_progress_moves_from_phase_to_phase_up_to_a_hundred(collective: Collective) -> None:
    told: list[tuple[int, int, str]] = []
    await live(collective, changes=50)
    await collective.backups.create(ADA, lambda *step: told.append(step))
    assert [note for *_, note in told if note] == [
        "copying the database",
        "compressing",
        "checking the archive",
    ]
    done = [step[0] for step in told]
    assert done == sorted(done)
    assert done[-1] == 100
    assert {step[1] for step in told} == {100}


async def test_two_at_once_are_refused(collective: Collective) -> None:
    first = asyncio.create_task(collective.backups.create(ADA))
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="being made already"):
        await collective.backups.create(ADA)
    record = await first
    assert [one.id for one in collective.backups.list()] == [record.id]


async def test_a_cancelled_backup_leaves_nothing(collective: Collective) -> None:
    reached = asyncio.Event()
    task = asyncio.create_task(collective.backups.create(ADA, lambda *_: reached.set()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(collective.backups.folder.iterdir()) == []
    assert collective.backups.list() == ()
    assert collective.backups.last_error is None
    assert await collective.journal.count(kinds={"backup"}) == 0
    # And the next one can be made.
    assert (await collective.backups.create(ADA)).status == "good"


async def test_a_backup_cancelled_while_it_is_stored_is_kept(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, go_on = threading.Event(), threading.Event()

    def slowly(archive: Path, target: Path) -> None:
        keeping.set()
        go_on.wait(10)
        place(archive, target)

    monkeypatch.setattr(backups_module, "place", slowly)
    making = asyncio.create_task(collective.backups.create(ADA))
    await asyncio.to_thread(keeping.wait, 10)
    making.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await making
    (record,) = collective.backups.list()
    assert record.status == "good"
    assert (collective.backups.folder / record.file).is_file()
    assert leftovers(collective) == []
    # A restart finds the same.
    await collective.backups.load()
    assert collective.backups.list() == (record,)


@pytest.mark.parametrize("phase", ["compressing", "checking the archive"])
async def test_a_stop_ends_a_backup_at_once_and_reports_it(
    collective: Collective, kernel: Kernel, phase: str
) -> None:
    reached = asyncio.Event()

    def note(_done: int, _total: int, text: str) -> None:
        if text == phase:
            reached.set()

    task = asyncio.create_task(collective.backups.create(ADA, note))
    await reached.wait()
    kernel.drain.close()
    with pytest.raises(StoppedByRestart, match="is stopping"):
        await task
    assert list(collective.backups.folder.iterdir()) == []


async def test_a_full_disk_is_refused_with_numbers_before_anything_is_written(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        total, used, free = 2**40, 2**40 - 2**20, 2**20

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(BackupRefused, match=r"needs \d+\.\d MiB, .* has 1\.0 MiB free"):
        await collective.backups.create(ADA)
    assert not collective.backups.folder.exists()


async def test_a_disk_error_is_reported_journalled_and_shown_by_the_check(
    collective: Collective, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_backup_making, "copy_store", fail)
    with pytest.raises(BackupRefused, match="Input/output error"):
        await collective.backups.create(ADA)
    assert list(collective.backups.folder.iterdir()) == []
    (entry,) = await collective.journal.entries(kinds={"backup"})
    assert (entry.after, entry.reason) == ("failed", "Input/output error")
    kernel.health.refresh()
    check, journal = kernel.health.get("backups"), kernel.health.get("journal")
    assert check is not None
    assert journal is not None
    assert (check.status, journal.status) == ("warn", "warn")
    shadow = next(agent for agent in collective.monitor.agents() if agent.name == "Shadow")
    assert shadow.status == "degraded"
    assert "backups: the last backup failed" in shadow.detail
    monkeypatch.undo()
    await collective.backups.create(ADA)
    kernel.health.refresh()
    assert next(agent for agent in collective.monitor.agents() if agent.name == "Shadow").status == "active"


async def test_a_dead_worker_is_reported(collective: Collective, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_backup_making, "_SLICE_TIMEOUT_S", 0.0)
    with pytest.raises(BackupRefused, match="could not be made"):
        await collective.backups.create(ADA)
    assert leftovers(collective) == []


async def test_an_archive_is_deleted_if_the_store_closes_before_it_is_recorded(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(*_: object, **__: object) -> None:
        raise StoreClosed("The store is closed.")

    monkeypatch.setattr(collective.manager, "change_with", closed)
    with pytest.raises(StoreClosed):
        await collective.backups.create(ADA)
    assert list(collective.backups.folder.iterdir()) == []


async def test_a_start_deletes_leftovers_of_a_kill(collective: Collective) -> None:
    record = await collective.backups.create(ADA)
    folder = collective.backups.folder
    (folder / ".making-9" / "unpacked").mkdir(parents=True)
    (folder / ".making-9" / "unpacked" / "helix.db").write_bytes(b"half")

    def killed(connection: Tx) -> None:
        connection.execute(
            "INSERT INTO backups (id, status, file, begun_us, cause) VALUES (9, 'making', 'x', 1, 'command')"
        )

    await collective.database.write(killed)
    await collective.backups.load()
    assert leftovers(collective) == []
    assert [one.id for one in collective.backups.list()] == [record.id]


async def test_an_archive_without_a_finished_row_is_unchecked(
    collective: Collective,
) -> None:
    record = await collective.backups.create(ADA)
    folder = collective.backups.folder
    (folder / "helix-77-20251231T030405Z.tar.gz").write_bytes((folder / record.file).read_bytes())
    (folder / "helix-78-20269999T999999Z.tar.gz").write_bytes(b"no moment")
    (folder / "notes.txt").write_text("mine")

    def killed(connection: Tx) -> None:
        connection.execute("UPDATE backups SET status = 'making', finished_us = NULL")

    await collective.database.write(killed)
    await collective.backups.load()
    found = collective.backups.list()
    assert [one.status for one in found] == ["unchecked", "unchecked"]
    assert found[1].begun_at.isoformat() == "2025-12-31T03:04:05+00:00"
    assert [(await collective.backups.verify(one.id, ADA)).status for one in found] == ["good", "good"]
    assert (folder / "notes.txt").exists()


async def test_a_backup_that_was_removed_by_hand_is_no_longer_listed(collective: Collective) -> None:
    record = await collective.backups.create(ADA)
    (collective.backups.folder / record.file).unlink()
    assert (await collective.backups.verify(record.id, ADA)).status == "bad"
    await collective.backups.load()
    assert collective.backups.list() == ()
    with pytest.raises(UnknownBackup, match="none yet"):
        collective.backups.get(record.id)


async def test_a_damaged_backup_is_found_and_shown_by_the_check(
    collective: Collective, kernel: Kernel, clock: ManualClock
) -> None:
    good = await collective.backups.create(ADA)
    clock.advance(60)
    bad = await collective.backups.create(ADA)
    path = collective.backups.folder / bad.file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    found = await collective.backups.verify(bad.id, ADA)
    assert found.status == "bad"
    assert "damaged" in found.detail
    (entry, *_) = await collective.journal.entries(kinds={"backup"})
    assert (entry.before, entry.after) == ("good", "bad")
    kernel.health.refresh()
    check = kernel.health.get("backups")
    assert check is not None
    assert "newer than the last good one is damaged" in check.reason
    assert collective.backups.newest == collective.backups.get(good.id)
    with pytest.raises(UnknownBackup, match="Known ids: 2, 1"):
        await collective.backups.verify(99, ADA)


async def test_another_archive_under_the_same_name_is_found(collective: Collective) -> None:
    record = await collective.backups.create(ADA)
    rewrite(collective.backups.folder / record.file, lambda files: files.pop("services.json"))
    found = await collective.backups.verify(record.id, ADA)
    assert (found.status, "SHA-256 differs" in found.detail) == ("bad", True)


async def test_retention_keeps_the_newest_and_never_removes_the_only_good_one(
    collective: Collective, clock: ManualClock
) -> None:
    made = []
    for _ in range(4):
        made.append(await collective.backups.create(ADA))
        clock.advance(3600)
    for record in made[2:]:
        path = collective.backups.folder / record.file
        path.write_bytes(path.read_bytes()[:-100])
        await collective.backups.verify(record.id, ADA)
    # Bad ones do not count, so both good ones stay; bad ones newer than these are left to be looked at.
    assert await collective.backups.prune() == (0, 0)
    for _ in range(2):
        await collective.backups.create(ADA)
        clock.advance(3600)
    removed, freed = await collective.backups.prune()
    assert (removed, freed > 0) == (4, True)
    kept = [record.id for record in collective.backups.list()]
    assert kept == [6, 5]
    assert sorted(path.name for path in collective.backups.folder.iterdir()) == sorted(
        record.file for record in collective.backups.list()
    )
    for number in kept:
        (collective.backups.folder / collective.backups.get(number).file).write_bytes(b"")
        await collective.backups.verify(number, ADA)
    assert await collective.backups.prune() == (0, 0)


async def test_nothing_is_removed_while_a_backup_is_made_or_checked(
    collective: Collective, clock: ManualClock
) -> None:
    for _ in range(3):
        await collective.backups.create(ADA)
        clock.advance(3600)
    over = asyncio.Event()
    checking = asyncio.create_task(collective.backups._turn.run("A backup is being checked", over.wait()))
    await asyncio.sleep(0)
    assert await collective.backups.prune() == (0, 0)
    over.set()
    await checking
    assert (await collective.backups.prune())[0] == 1


async def test_an_older_good_one_outlives_unchecked_ones(collective: Collective, clock: ManualClock) -> None:
    good = await collective.backups.create(ADA)
    for day in (2, 3, 4):
        name = f"helix-{day}-2026020{day}T000000Z.tar.gz"
        (collective.backups.folder / name).write_bytes(b"who knows")
    await collective.backups.load()
    await collective.backups.prune()
    assert good.id in [record.id for record in collective.backups.list()]
    del clock


async def test_secrets_in_files_and_in_the_journal_are_redacted(
    collective: Collective, tmp_path: Path
) -> None:
    services = {"mine": {"url": f"https://example.com/?token={TOKEN}"}}
    (tmp_path / "services.json").write_text(json.dumps(services))
    await collective.manager.record(ADA.row("cog", "fun", reason=f"my token is {TOKEN}", after=[TOKEN]))
    record = await collective.backups.create(ADA)
    assert record.detail == "a secret was replaced by *** in helix.db, services.json"
    files = read_archive(collective.backups.folder / record.file)
    assert all(TOKEN.encode() not in data for data in files.values())
    assert json.loads(files["services.json"]) == {"mine": {"url": "https://example.com/?token=***"}}
    assert json.loads(files["manifest.json"])["redacted"] == ["helix.db", "services.json"]
    # What is in use is left as it was.
    (entry,) = [one for one in await collective.journal.entries() if one.kind == "cog"]
    assert entry.reason == f"my token is {TOKEN}"
    assert TOKEN in (tmp_path / "services.json").read_text()


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_secret_that_cannot_be_redacted_is_refused(collective: Collective) -> None:
    await collective.database.write(lambda c: c.execute(f'CREATE TABLE odd ("{TOKEN}" TEXT)').rowcount)
    with pytest.raises(SecretInBackup, match="by a new one"):
        await collective.backups.create(ADA)
    assert leftovers(collective) == []


async def test_an_invalid_file_is_left_out_and_named(collective: Collective, tmp_path: Path) -> None:
    (tmp_path / "services.json").unlink()
    (tmp_path / "services.json").symlink_to("/etc/hostname")
    record = await collective.backups.create(ADA)
    assert record.detail.startswith("services.json was left out: it is a symbolic link")
    assert "services.json" not in read_archive(collective.backups.folder / record.file)


async def test_the_folder_of_the_first_backup_survives_a_power_cut(
    collective: Collective, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = recorded_flushes(monkeypatch)
    record = await collective.backups.create(ADA)
    assert "backups" in flushed[tmp_path]
    assert record.file in flushed[tmp_path / "backups"]


async def test_a_file_that_is_briefly_unreadable_is_in_the_archive(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.backups._make._REREAD_S", 0)
    real, tries = os.open, list[str]()

    def fails_once(path: str, *arguments: int, **options: int) -> int:
        if str(path).endswith("services.json") and not tries:
            tries.append(str(path))
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", fails_once)
    record = await collective.backups.create(ADA)
    assert tries
    assert record.detail == ""
    assert "services.json" in read_archive(collective.backups.folder / record.file)


async def test_the_log_names_no_person(collective: Collective, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await collective.backups.create(ADA)
    assert "backup.made" in caplog.text
    assert "Ada" not in caplog.text
