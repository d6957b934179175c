"""`python main.py check`, `sync-commands` and `--help`, as an operator types them."""

import asyncio
import signal
from pathlib import Path

from sandbox import Sandbox
from sandbox.faults import Fault
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix, sandbox_env


async def test_help_names_every_command(tmp_path: Path) -> None:
    async with helix("--help", env=sandbox_env(tmp_path)) as process:
        assert await process.exit_code() == 0
        for word in ("run", "check", "sync-commands", "restore FILE", "forget USER_ID", ".env.example"):
            assert word in process.output


async def test_check_says_what_is_on_and_how_to_invite(on_sandbox: Settings, tmp_path: Path) -> None:
    # It begins with the id 123456789012345678 in base64.
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.secret.and-the-third-part-of-it-12"
    env = on_sandbox(DISCORD_TOKEN=token, ENABLE_LAZY_COMMANDS="false")
    async with helix("check", env=env) as process:
        assert await process.exit_code() == 0, process.output
        assert "client_id=123456789012345678" in process.output
        assert "Message Content" in process.output
        assert "Server Members" in process.output
        assert "off  lazy commands" in process.output
        assert "secret" not in process.output
    assert not (tmp_path / "data").exists()


async def test_check_names_every_mistake(on_sandbox: Settings) -> None:
    async with helix("check", env=on_sandbox(PORT="many", SHUTDOWN_S="soon")) as process:
        assert await process.exit_code() == 2
        assert "PORT" in process.output
        assert "SHUTDOWN_S" in process.output


async def test_sync_commands_registers_them_and_opens_nothing_else(
    sandbox: Sandbox, on_sandbox: Settings, tmp_path: Path
) -> None:
    async with helix("sync-commands", env=on_sandbox()) as process:
        assert await process.exit_code() == 0, process.output
    names = {command["name"] for command in sandbox.engine.commands.all()}
    assert {"status", "agents", "help", "reload"} <= names
    assert not (tmp_path / "data").exists()


async def test_sync_commands_without_a_token_says_so(tmp_path: Path) -> None:
    async with helix("sync-commands", env=sandbox_env(tmp_path)) as process:
        assert await process.exit_code() == 2
        assert "DISCORD_TOKEN" in process.output


async def test_ctrl_c_while_discord_does_not_answer_ends_without_a_traceback(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    hanging = Fault("*", "*", delay_s=60, times=1)
    sandbox.engine.faults.add(hanging)
    async with helix("sync-commands", env=on_sandbox()) as process:
        async with asyncio.timeout(40):
            while hanging.times:
                await asyncio.sleep(0.01)
        process.send(signal.SIGINT)
        assert await process.exit_code(timeout_s=10) == 130
        assert "Traceback" not in process.output
