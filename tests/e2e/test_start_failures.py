"""What an operator got wrong ends the start with exit code 2 and a message that names it."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite.offline import open_offline
from core.version import VERSION
from state.schema import STATE_MIGRATIONS
from tests.e2e.helix_process import get_json, helix, sandbox_env
from tests.e2e.shell import shell

# Locks the database for good when a certain transaction begins; nobody waits long for it.
_LOCKING = """
import os, sqlite3

connect, path, count = sqlite3.connect, os.environ["LOCKED"], int(os.environ["LOCKED_AT"])
locks = []


class Locked(sqlite3.Connection):
    def execute(self, sql, *arguments):
        global count
        if sql.startswith("PRAGMA busy_timeout"):
            sql = "PRAGMA busy_timeout = 1"
        if sql.startswith("BEGIN"):
            count -= 1
            if count == 0:
                locks.append(connect(path, isolation_level=None, check_same_thread=False))
                locks[0].execute("BEGIN IMMEDIATE")
        return super().execute(sql, *arguments)


sqlite3.connect = lambda *given, **named: connect(*given, factory=Locked, **named)
"""


async def _refusal(*arguments: str, env: dict[str, str], cwd: Path | None = None) -> str:
    async with helix(*arguments, env=env, **({"cwd": cwd} if cwd else {})) as process:
        assert await process.exit_code() == 2, process.output
        assert "Traceback" not in process.output
        return process.output


@pytest.mark.parametrize("limit", ["-v 80000", "-v 300000", "-v 500000", "-d 60000", "-n 20"])
async def test_a_limit_of_the_system_that_is_too_low_is_named(tmp_path: Path, limit: str) -> None:
    async with shell(f"ulimit {limit}; helix", sandbox_env(tmp_path)) as process:
        _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert b"Traceback" not in said
    assert f"ulimit {limit[:2]}".encode() in said


async def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    said = await _refusal(env=sandbox_env(tmp_path, PORT="many", COMMAND_PREFIX="a b", SHUTDOWN_S="-1"))
    for name in ("PORT", "COMMAND_PREFIX", "SHUTDOWN_S"):
        assert name in said


async def test_a_wrong_secret_is_named_and_not_shown(tmp_path: Path) -> None:
    said = await _refusal(env=sandbox_env(tmp_path, WEBHOOK_SECRET="whsec_tooshort"))
    assert "WEBHOOK_SECRET" in said
    assert "tooshort" not in said


async def test_an_unknown_option_is_named_with_the_nearest(tmp_path: Path) -> None:
    assert "--frobnicate" in await _refusal("--frobnicate", env=sandbox_env(tmp_path))
    said = await _refusal("forget", "5", "--copys", env=sandbox_env(tmp_path))
    assert "'--copys'. Did you mean --copies?" in said


async def test_an_unknown_command_is_named_with_the_nearest_and_the_known_ones(tmp_path: Path) -> None:
    said = await _refusal("chek", env=sandbox_env(tmp_path))
    assert "unknown command 'chek'. Did you mean check?" in said
    assert "sync-commands" in said
    said = await _refusal("frobnicate", env=sandbox_env(tmp_path))
    assert "Did you mean" not in said


@pytest.mark.parametrize("token", ["abc", "0123456789abcdef0123456789abcdef"])
async def test_a_token_that_cannot_be_one_is_refused_before_anybody_is_asked(
    tmp_path: Path, token: str
) -> None:
    for command in ("check", "run"):
        said = await _refusal(command, env=sandbox_env(tmp_path, DISCORD_TOKEN=token))
        assert "DISCORD_TOKEN: must be the bot's token" in said
        assert "client_id" not in said
        assert token not in said


async def test_an_unknown_flag_in_the_env_file_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ENABLE_RESPONSE_CACHEING=false\n")
    said = await _refusal(env=sandbox_env(tmp_path / "data"), cwd=tmp_path)
    assert "ENABLE_RESPONSE_CACHEING" in said
    assert "ENABLE_RESPONSE_CACHING" in said


async def test_an_unknown_flag_in_the_environment_is_a_warning_with_a_suggestion(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path, ENABLE_STATE_WATCHNG="false")) as process:
        await process.ready()
        assert "ENABLE_STATE_WATCHNG" in process.output
        assert "Did you mean ENABLE_STATE_WATCHING?" in process.output


async def test_a_chosen_port_in_use_ends_the_start_naming_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = await _refusal(env=sandbox_env(tmp_path, PORT=str(port)))
    assert "PORT" in said
    assert str(port) in said


async def test_a_chosen_sandbox_port_in_use_ends_the_start_naming_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = await _refusal(env=sandbox_env(tmp_path, SANDBOX_PORT=str(port)))
    assert "SANDBOX_PORT" in said
    assert str(port) in said


async def test_ports_nobody_chose_move_to_free_ones_and_say_so(tmp_path: Path) -> None:
    async with (
        helix(env={"HELIX_DATA_DIR": str(tmp_path / "one")}) as first,
        helix(env={"HELIX_DATA_DIR": str(tmp_path / "two")}) as second,
    ):
        await first.ready()
        await second.ready()
        addresses = {await first.http(), await second.http()}
        pages = {await first.chat_page(), await second.chat_page()}
        assert len(addresses | pages) == 4
        moved = first.output + second.output
        assert "http.port_moved wanted=8080" in moved
        assert "sandbox.port_moved wanted=8090" in moved


async def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    said = await _refusal(env=sandbox_env(tmp_path / "data"))
    assert "HELIX_DATA_DIR" in said
    assert str(tmp_path / "data") in said


async def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    if os.geteuid() == 0:
        folder = Path("/proc/helix")  # root may write to any folder of a real file system
    else:
        folder.mkdir(mode=0o500)
    said = await _refusal(env=sandbox_env(folder))
    assert "HELIX_DATA_DIR" in said
    assert str(folder) in said


async def test_a_corrupt_database_is_named_and_left_alone(tmp_path: Path) -> None:
    content = b"this is no database\n" * 500
    (tmp_path / "helix.db").write_bytes(content)
    said = await _refusal(env=sandbox_env(tmp_path))
    assert str(tmp_path / "helix.db") in said
    assert (tmp_path / "helix.db").read_bytes() == content


async def test_a_database_that_lacks_a_table_is_named_by_what_sqlite_says(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with open_offline(folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), VERSION) as connection:
        connection.execute("DROP TABLE snapshot")
    said = await _refusal(env=sandbox_env(tmp_path, HELIX_DATA_DIR=str(folder)))
    assert "no such table: snapshot" in said
    assert "Restore a backup" in said


@pytest.mark.parametrize(("is_new", "transaction"), [(True, 3), (False, 1), (False, 3), (False, 5)])
async def test_a_database_that_another_program_locks_during_the_start_is_named(
    tmp_path: Path, is_new: bool, transaction: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_LOCKING)
    path = tmp_path / "data" / "helix.db"
    if not is_new:
        path.parent.mkdir()
        with open_offline(path, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), VERSION):
            pass
    env = sandbox_env(path.parent, PYTHONPATH=str(tmp_path), LOCKED=str(path), LOCKED_AT=str(transaction))
    said = await _refusal(env=env)
    assert str(path) in said
    assert "locked" in said
    assert "report this" not in said


@pytest.mark.parametrize("name", ["HOST", "RAILWAY_ENVIRONMENT"])
async def test_the_sandbox_does_not_run_where_others_could_reach_it(tmp_path: Path, name: str) -> None:
    value = {"HOST": "0.0.0.0", "RAILWAY_ENVIRONMENT": "production"}[name]
    said = await _refusal(env=sandbox_env(tmp_path, **{name: value}))
    assert "DISCORD_TOKEN" in said


async def test_a_second_process_on_the_same_folder_waits_and_then_names_the_first(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as first:
        await first.ready()
        said = await _refusal(env=sandbox_env(tmp_path, SHUTDOWN_S="0.1"))
        assert str(first.pid) in said
        assert (await get_json(f"{await first.http()}/health/ready")) is not None


async def test_a_second_process_takes_over_when_the_first_one_stops(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as first:
        await first.ready()
        async with helix(env=sandbox_env(tmp_path)) as second:
            await second.wait_for(r"waiting")
            assert await first.terminate() == 0
            await second.ready()
