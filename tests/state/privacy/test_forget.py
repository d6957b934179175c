"""Somebody is forgotten, down to the bytes of the file."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.shape import shape_of
from state.change import Actor, JournalRow
from state.opening import open_collective
from state.privacy.forget import WrongUser, describe, forget, parse_user
from state.privacy.personal_table import PERSONAL
from state.schema import STATE_MIGRATIONS
from tests.flushes import recorded_flushes
from tests.manual_clock import ManualClock

MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
ADA = Actor("command", "Adalovelace", 123456789012345678)
BOB = Actor("command", "Bobthebuilder", 223456789012345678)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
PEOPLE = re.compile(r"(^|_)(actor|user|member|author|asker|person|owner|people)(_id)?$|_by(_id)?$")
# Kept by triggers from what `PERSONAL` names.
DERIVED = {("search_docs", "people")}


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    (tmp_path / "data").mkdir()
    return build_kernel(Settings(data_dir=tmp_path / "data", ritual_step_s=0.001), clock)


@pytest.fixture
async def folder(kernel: Kernel) -> Path:
    """A folder in which two people did all sorts of things; nobody owns it any more."""
    folder = kernel.settings.data_dir
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(kernel, database)
    for person in (ADA, BOB):
        await collective.manager.record(person.row("ucf", "harmony", reason=f"{person.name} felt zzfine"))
        await collective.contexts.archive(f"by {person.id and person.id % 7}", person, "a zznote")
        run = await collective.rituals.start(1, actor=person)
        await run.wait()
        await collective.backups.create(person)
        await collective.key_values.set("x#components", f"key-{person.id}", f"found for {person.name}")
    await collective.close()
    await database.close()
    return folder


def every_text(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


async def test_nothing_of_the_person_is_in_the_bytes_and_the_others_stay(folder: Path) -> None:
    path = folder / "helix.db"
    assert b"adalovelace" in path.read_bytes().lower()
    done = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    data = path.read_bytes().lower()
    assert b"adalovelace" not in data
    assert b"123456789012345678" not in data
    assert not (folder / "helix.db-wal").exists()
    text = every_text(path)
    assert str(ADA.id) not in text
    assert "Bobthebuilder felt zzfine" in text
    assert set(done.erased.rows) == {"journal", "rituals", "contexts", "backups", "remembered"}
    assert done.erased.mentioned == {}
    # What happened stays, and the file is sound.
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM rituals").fetchone() == (2,)
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        found = "SELECT count(*) FROM search WHERE search MATCH ?"
        assert connection.execute(found, ("adalovelace",)).fetchone() == (0,)
        assert connection.execute(found, ("bobthebuilder",)).fetchone()[0] > 0
        last = connection.execute("SELECT kind, subject, actor FROM journal ORDER BY id DESC").fetchone()
    assert last == ("forget", "a person", None)


async def test_the_collective_opens_afterwards(folder: Path, kernel: Kernel) -> None:
    forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(build_kernel(kernel.settings, ManualClock(NOW)), database)
    assert not database.recovery.unclean
    assert [record.actor for record in collective.backups.list()] == ["Bobthebuilder", None]
    await collective.close()
    await database.close()


async def test_older_copies_are_named_and_removed_on_request(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "helix.db.v12.bak").write_bytes(b"Adalovelace")
    (folder.parent / "data.before-restore-20260101T000000Z").mkdir()
    done = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    text = describe(done)
    assert len(done.copies) == 3
    for word in ("helix.db.v12.bak", "helix-1-", "--copies", "before-restore-", "journal "):
        assert word in text
    flushed = recorded_flushes(monkeypatch)
    again = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=True)
    # So that none of them is back after a power cut.
    assert flushed[folder / "backups"] == set()
    assert "helix.db.v12.bak" not in flushed[folder]
    assert "nobody with that id" in describe(again)
    assert "Deleted 3 older copies" in describe(again)
    assert list((folder / "backups").iterdir()) == []
    assert not (folder / "helix.db.v12.bak").exists()
    assert (folder.parent / "data.before-restore-20260101T000000Z").exists()


async def test_a_name_in_others_words_is_counted_and_left(folder: Path, kernel: Kernel) -> None:
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(build_kernel(kernel.settings, ManualClock(NOW)), database)
    row = JournalRow(kind="x", subject="x", cause="command", reason="thanks, Adalovelace!", actor_id=BOB.id)
    other = JournalRow(kind="x", subject="x", cause="command", reason="Adalovelaceish", actor_id=BOB.id)
    await collective.manager.record(row, other)
    await collective.close()
    await database.close()
    done = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert done.erased.mentioned == {"journal": 1}
    assert "are left unchanged: journal 1" in describe(done)


async def test_a_name_in_what_a_webhook_brought_is_counted_too(folder: Path) -> None:
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    await database.write(
        lambda connection: connection.execute(
            "INSERT INTO inbox (id, type, received_us, digest, data) VALUES ('e', 'x', 1, x'00', ?)",
            (b'{"content": "Adalovelace has shipped it"}',),
        )
    )
    await database.close()
    done = forget(folder, 123456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert done.erased.mentioned == {"inbox": 1}


async def test_whoever_is_called_like_a_word_of_ours_takes_nothing_else_along(
    folder: Path, kernel: Kernel
) -> None:
    database = await SqliteStore.open(folder / "helix.db", MIGRATIONS, app_version="0.1.0")
    collective = await open_collective(build_kernel(kernel.settings, ManualClock(NOW)), database)
    namesake = Actor("command", "alerts", 323456789012345678)
    await collective.manager.record(namesake.row("ucf", "harmony"))
    await collective.key_values.set("https://discord.com/api#1#duties", "alerts", "423456789012345678")
    await collective.key_values.set("https://discord.com/api#1#components", "0a1b", "search alerts")
    await collective.key_values.set("https://discord.com/api#1#welcomed", f"1:{namesake.id}", "2")
    await collective.close()
    await database.close()
    done = forget(folder, 323456789012345678, MIGRATIONS, NOW, remove_copies=False)
    assert done.erased.rows == {"journal": 1, "remembered": 2}
    assert "423456789012345678" in every_text(folder / "helix.db")


def test_there_must_be_a_database(tmp_path: Path) -> None:
    with pytest.raises(WrongUser, match="no database"):
        forget(tmp_path, 1, MIGRATIONS, NOW, remove_copies=False)


@pytest.mark.parametrize("text", [None, "", "Ada", "-1", "0", "1" * 21, "²", "9" * 20])
def test_a_person_is_named_by_an_id(text: str | None) -> None:
    with pytest.raises(WrongUser, match=r"USER_ID|by their id"):
        parse_user(text)


def test_an_id_is_taken() -> None:
    assert parse_user("123456789012345678") == 123456789012345678


def test_every_column_that_may_name_a_person_is_covered() -> None:
    everywhere = {(table.name, column.name) for table in shape_of(MIGRATIONS) for column in table.columns}
    covered = {
        (place.table, column) for place in PERSONAL for column in (place.who, *place.names, *place.words)
    }
    assert covered <= everywhere
    naming = {(table, column) for table, column in everywhere if PEOPLE.search(column)}
    uncovered = naming - covered - DERIVED
    assert not uncovered, f"add to state/privacy/personal_table.py: {sorted(uncovered)}"
    words = {(table, column) for table, column in everywhere if column in {"reason", "note"}}
    assert not words - covered, f"add to state/privacy/personal_table.py: {sorted(words - covered)}"
