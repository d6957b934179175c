"""A data folder and a backup that an earlier Helix left work unchanged."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.schema import STATE_MIGRATIONS
from state.snapshot_table import read_snapshot
from tests.e2e.chat import chatting, text_of
from tests.e2e.helix_process import get_json, helix, sandbox_env
from tests.postgres_server import PostgresServer

LEFT = Path(__file__).parents[1] / "fixtures" / "november_2026"
UCF = {"harmony": 0.9, "resilience": 1.0, "prana": 0.5, "drishti": 0.5, "klesha": 0.093981481, "zoom": 1.0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder as the earlier Helix left it."""
    with tarfile.open(LEFT / "data.tar.gz") as archive:
        archive.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those of the search index, which SQLite keeps in its own form."""
    with closing(sqlite3.connect(f"file:{folder / 'helix.db'}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        )
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)  # noqa: S608 - names of the schema
            for (name,) in tables.fetchall()
        }


async def test_an_earlier_store_opens_with_every_row(folder: Path) -> None:
    before = rows(folder)
    migrations = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
    database = await SqliteStore.open(folder / "helix.db", migrations, app_version="0.1.0")
    snapshot = await database.read(read_snapshot)
    await database.close()
    after = rows(folder)
    assert snapshot is not None
    assert snapshot.ucf.as_dict() == UCF
    for name in before.keys() - {"meta", "applied_migrations"}:
        assert set(before[name]) <= set(after[name]), name


async def test_helix_goes_on_with_an_earlier_folder(folder: Path) -> None:
    async with helix(env=sandbox_env(folder)) as process:
        await process.ready()
        async with chatting(await process.chat_page(), "member") as member:
            assert "nightly" in text_of(await member.ask("!contexts"))
        assert await process.terminate() == 0


async def test_helix_goes_on_on_a_server_to_which_an_earlier_folder_was_moved(
    folder: Path, postgres: PostgresServer
) -> None:
    env = sandbox_env(folder, DATABASE_URL=postgres.fresh_url())
    async with helix("move", "postgres", env=env) as process:
        assert await process.exit_code() == 0, process.output
    async with helix(env=env) as process:
        await process.ready()
        async with chatting(await process.chat_page(), "member") as member:
            assert "nightly" in text_of(await member.ask("!contexts"))
        assert (await get_json(f"{await process.http()}/status"))["ucf"]["harmony"] == UCF["harmony"]
        assert await process.terminate() == 0


async def test_an_earlier_backup_is_restored(folder: Path, tmp_path: Path) -> None:
    (backup,) = (folder / "backups").glob("*.tar.gz")
    async with helix("restore", str(backup), env={"HELIX_DATA_DIR": str(tmp_path / "new")}) as process:
        assert await process.exit_code() == 0, process.output
    with closing(sqlite3.connect(tmp_path / "new" / "helix.db")) as connection:
        (harmony,) = connection.execute("SELECT harmony FROM ucf_history ORDER BY version DESC").fetchone()
        assert connection.execute("SELECT name FROM contexts").fetchall() == [("nightly",)]
        assert connection.execute("SELECT rule FROM schedules").fetchall() == [("every 6h",)]
    assert harmony == UCF["harmony"]
