"""Data on PostgreSQL, as an operator has it: moved there and back, backed up, restored, erased."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite.shape import shape_of
from sandbox import Sandbox
from state.schema import STATE_MIGRATIONS
from tests.e2e.chat import chatting, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix
from tests.postgres_server import PostgresServer

TABLES = shape_of((*CORE_MIGRATIONS, *STATE_MIGRATIONS))
PATHS = ("/agents", "/ucf", "/commands", "/ucf/history?hours=24")


def rows_of_file(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        return {table.name: connection.execute(query(table)).fetchall() for table in TABLES}


def rows_of_server(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {table.name: connection.execute(query(table).encode()).fetchall() for table in TABLES}


def query(table: Any) -> str:
    columns = ", ".join(column.name for column in table.columns)
    return f"SELECT {columns} FROM {table.name} ORDER BY {', '.join(table.key)}"  # noqa: S608 - names of the schema


async def command(*arguments: str, env: dict[str, str]) -> str:
    async with helix(*arguments, env=env) as process:
        assert await process.exit_code() == 0, process.output
        return process.output


async def answers(env: dict[str, str]) -> dict[str, Any]:
    """What the API says of the data, without what belongs to a run."""
    async with helix(env=env) as process:
        base = await process.http()
        await process.ready()
        found = {path: await get_json(base + path) for path in PATHS}
        status = await get_json(f"{base}/status")
        found["/status"] = {name: status[name] for name in ("ucf", "state", "trends") if name in status}
        assert await process.terminate() == 0
    return found


async def test_a_folder_moves_to_a_server_and_back_and_nothing_differs(
    sandbox: Sandbox, on_sandbox: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    url, data = postgres.fresh_url(), tmp_path / "data"
    async with chatting(sandbox.page_url, "admin") as admin, helix(env=on_sandbox()) as process:
        await process.ready()
        await admin.ask("!tune harmony 1.25 for Grace Hopper")
        await admin.ask("!archive first")
        await admin.ask("!schedule add 27 every 6h")
        assert await process.terminate() == 0
    before = rows_of_file(data / "helix.db")
    said = await command("move", "postgres", env=on_sandbox(DATABASE_URL=url))
    assert "both hold the same" in said
    assert rows_of_server(url) == before == rows_of_file(data / "helix.db")
    async with helix("move", "postgres", env=on_sandbox(DATABASE_URL=url)) as process:
        assert await process.exit_code() == 2
        assert "is not empty" in process.output
    said = await command("move", "sqlite", env={**on_sandbox("back"), "DATABASE_URL": url})
    assert "Unset DATABASE_URL" in said
    assert rows_of_file(tmp_path / "back" / "helix.db") == before
    here, there = await answers(on_sandbox("back")), await answers(on_sandbox(DATABASE_URL=url))
    for path in PATHS[1:]:
        assert here[path] == there[path], path
    assert here["/status"]["ucf"] == there["/status"]["ucf"]


async def test_a_server_is_backed_up_restored_and_forgotten_from(
    sandbox: Sandbox, on_sandbox: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    url, data = postgres.fresh_url(), tmp_path / "data"
    env = on_sandbox(DATABASE_URL=url)
    async with chatting(sandbox.page_url, "admin") as admin, helix(env=env) as process:
        await process.ready()
        await admin.ask("!tune harmony 1.25 for Grace Hopper")
        reply = await admin.ask("!backup create")
        await admin.message_where(lambda one: one["id"] == reply["id"] and "and verified" in text_of(one))
        await admin.ask("!tune harmony 0.2")
        (archive,) = (data / "backups").glob("helix-*.tar.gz")
        # Another folder, so that only the database shows that Helix runs.
        elsewhere = {**on_sandbox("elsewhere"), "DATABASE_URL": url}
        async with helix("restore", str(archive), env=elsewhere) as refused:
            assert await refused.exit_code() == 2
            assert "Helix runs on the database" in refused.output
        assert await process.terminate() == 0
    assert not (data / "helix.db").exists()

    said = await command("restore", str(archive), env=env)
    assert "Restored the backup of" in said
    (aside,) = data.glob("before-restore-*")
    assert str(aside) in said
    assert json.loads((aside / "ucf_state.json").read_bytes())["harmony"] == 0.2
    assert rows_of_file(aside / "helix.db")["snapshot"]
    assert json.loads((data / "ucf_state.json").read_bytes())["harmony"] == 1.25
    async with helix(env=env) as process:
        base = await process.http()
        await process.ready()
        assert (await get_json(f"{base}/status"))["ucf"]["harmony"] == 1.25
        assert await process.terminate() == 0
        assert "projection.imported" not in process.output

    user_id = str(sandbox.users["admin"])
    assert user_id in repr(rows_of_server(url))
    said = await command("forget", user_id, "--copies", env=env)
    assert "Erased from: journal" in said
    assert "Deleted 1 older copies" in said
    left = repr(rows_of_server(url))
    assert user_id not in left
    assert "Grace Hopper" not in left


async def test_the_same_archive_is_restored_on_sqlite(
    sandbox: Sandbox, on_sandbox: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    env = on_sandbox(DATABASE_URL=postgres.fresh_url())
    async with chatting(sandbox.page_url, "admin") as admin, helix(env=env) as process:
        await process.ready()
        await admin.ask("!tune harmony 1.25")
        reply = await admin.ask("!backup create")
        await admin.message_where(lambda one: one["id"] == reply["id"] and "and verified" in text_of(one))
        assert await process.terminate() == 0
    (archive,) = (tmp_path / "data" / "backups").glob("helix-*.tar.gz")
    await command("restore", str(archive), env=on_sandbox("file"))
    assert (await answers(on_sandbox("file")))["/status"]["ucf"]["harmony"] == 1.25


async def test_a_move_that_cannot_be_says_why(on_sandbox: Settings, postgres: PostgresServer) -> None:
    url = postgres.fresh_url()
    for arguments, more, said in (
        (("move",), {}, "Name where to"),
        (("move", "mysql"), {}, "Name where to"),
        (("move", "postgres"), {}, "needs DATABASE_URL"),
        (("move", "postgres"), {"DATABASE_URL": url}, "There is no database in"),
        (("move", "postgres"), {"DATABASE_URL": "postgresql://helix@127.0.0.1:9/none"}, "no database in"),
        (("move", "sqlite"), {"DATABASE_URL": "postgresql://helix@127.0.0.1:9/none"}, "cannot be used"),
    ):
        async with helix(*arguments, env=on_sandbox(**more)) as process:
            assert await process.exit_code() == 2, process.output
            assert said in process.output
            assert "Traceback" not in process.output
