"""A backup made in chat, brought back and forgotten from on the command line, as an operator does it."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from sandbox import Sandbox
from tests.e2e.chat import chatting, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix


def archives(folder: Path) -> list[Path]:
    return sorted((folder / "backups").glob("helix-*.tar.gz"))


def ucf_of(folder: Path) -> dict[str, float]:
    values: dict[str, float] = json.loads((folder / "ucf_state.json").read_bytes())
    return values


def rows(folder: Path) -> tuple[int, int]:
    """State version, and entries in the journal."""
    with closing(sqlite3.connect(folder / "helix.db")) as connection:
        version = connection.execute("SELECT version FROM snapshot").fetchone()[0]
        return int(version), int(connection.execute("SELECT count(*) FROM journal").fetchone()[0])


async def test_a_backup_from_chat_comes_back_and_a_person_is_forgotten(
    sandbox: Sandbox, on_sandbox: Settings, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    async with chatting(sandbox.page_url, "admin") as admin, helix(env=on_sandbox()) as process:
        await process.ready()
        await admin.ask("!tune harmony 1.25 for Grace Hopper")
        reply = await admin.ask("!backup create")
        done = await admin.message_where(
            lambda one: one["id"] == reply["id"] and "and verified" in text_of(one)
        )
        assert "SHA-256" in text_of(done)
        await admin.ask("!tune harmony 0.2")
        (archive,) = archives(data)
        # While Helix runs, neither is done; the holder is named.
        for command in (("restore", str(archive)), ("forget", "123456789012345678")):
            async with helix(*command, env=on_sandbox()) as refused:
                assert await refused.exit_code() == 2
                assert f"pid {process.pid}" in refused.output
        assert await process.terminate() == 0

    async with helix("restore", str(archive), env=on_sandbox("other")) as process:
        assert await process.exit_code() == 0, process.output
        assert "Restored the backup of" in process.output
    other = tmp_path / "other"
    assert ucf_of(other)["harmony"] == 1.25
    assert beside(tmp_path, "other.") == []
    async with helix(env=on_sandbox("other")) as process:
        base = await process.http()
        await process.ready()
        status = await get_json(f"{base}/status")
        assert status["ucf"]["harmony"] == 1.25
        assert await process.terminate() == 0
        assert "projection.imported" not in process.output

    name = "admin"
    user_id = sandbox.users[name]
    async with helix("restore", str(archive), env=on_sandbox()) as process:
        assert await process.exit_code() == 0, process.output
        assert "data.before-restore-" in process.output
    assert ucf_of(data)["harmony"] == 1.25
    assert len(archives(data)) == 1
    assert str(user_id) in dump(data)
    async with helix("forget", str(user_id), env=on_sandbox()) as process:
        assert await process.exit_code() == 0, process.output
        assert "Erased from: journal" in process.output
        assert "--copies" in process.output
    assert str(user_id) not in dump(data)
    assert b"Grace Hopper" not in (data / "helix.db").read_bytes()
    async with helix("forget", str(user_id), "--copies", env=on_sandbox()) as process:
        assert await process.exit_code() == 0, process.output
        assert "Deleted 1 older copies" in process.output
    assert archives(data) == []


async def test_a_restore_that_is_killed_leaves_the_old_or_the_new(
    on_sandbox: Settings, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    async with helix(env=on_sandbox()) as process:
        await process.ready()
        assert await process.terminate() == 0
    archive = await make_archive(data, tmp_path)
    old = {path.name for path in data.iterdir()} | {"mine.txt"}
    chance = random.Random(4)
    for _ in range(3):
        (data / "mine.txt").write_text("mine")
        before = rows(data)
        async with helix("restore", str(archive), env=on_sandbox()) as process:
            await asyncio.sleep(0)
            await until_something(tmp_path, chance.randrange(1, 40))
            process.send(signal.SIGKILL)
            await process.exit_code()
        now = {path.name for path in data.iterdir()}
        if "mine.txt" in now:
            # SQLite's own files may stand beside a database that was open at the kill.
            assert now - {"helix.db-wal", "helix.db-shm"} == old - {"helix.db-wal", "helix.db-shm"}
            assert rows(data) == before
        else:
            assert {"helix.db", "ucf_state.json", "agents.json"} <= now
            assert rows(data)[0] > before[0]
    async with helix("restore", str(archive), env=on_sandbox()) as process:
        assert await process.exit_code() == 0, process.output
    assert not (tmp_path / "data.restoring").exists()


async def test_what_else_the_commands_are_given_is_refused(on_sandbox: Settings, tmp_path: Path) -> None:
    for arguments, said in (
        (("restore",), "Give a backup"),
        (("restore", "nowhere.tar.gz"), "There is no file"),
        (("forget",), "USER_ID"),
        (("forget", "Ada"), "must be a Discord id"),
        (("forget", "123456789012345678"), "no database"),
        (("check", "more"), "takes no argument"),
        (("restore", "x", "--copies"), "--copies works only with forget"),
    ):
        async with helix(*arguments, env=on_sandbox()) as process:
            assert await process.exit_code() == 2
            assert said in process.output
            assert "Traceback" not in process.output
    assert beside(tmp_path, "data.") == []


def beside(parent: Path, prefix: str) -> list[str]:
    return sorted(path.name for path in parent.glob(f"{prefix}*"))


def dump(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "helix.db")) as connection:
        return "\n".join(connection.iterdump())


async def make_archive(data: Path, tmp_path: Path) -> Path:
    """A backup of that folder, made in this process."""
    from core.runtime.kernel import build_kernel
    from core.settings import Settings as HelixSettings
    from core.store.schema import CORE_MIGRATIONS
    from core.store.sqlite import SqliteStore
    from state.change import Actor
    from state.opening import open_collective
    from state.schema import STATE_MIGRATIONS

    database = await SqliteStore.open(
        data / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    collective = await open_collective(build_kernel(HelixSettings(data_dir=data)), database)
    record = await collective.backups.create(Actor("command", "Ada", 7))
    await collective.close()
    await database.close()
    return Path(shutil.copy(data / "backups" / record.file, tmp_path / "kept.tar.gz"))


async def until_something(tmp_path: Path, looks: int) -> None:
    """Waits until the restore is at work, and a few moments more."""
    async with asyncio.timeout(40):
        while not beside(tmp_path, "data."):
            await asyncio.sleep(0.002)
    for _ in range(looks):
        await asyncio.sleep(0.001)
