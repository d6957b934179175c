"""SIGTERM answers what was accepted; SIGKILL loses nothing that was committed."""

import asyncio
import json
import random
import signal
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from sandbox import Sandbox
from sandbox.faults import Fault
from tests.e2e.chat import chatting
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix, sandbox_env

# What Python imports of its own accord at its start; here it does something before a module is imported.
_BEFORE_IMPORT = """
import os, signal, sys, threading


class Before:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            {action}


sys.meta_path.insert(0, Before())
"""
HANG = r"sys.stderr.write('the import hangs\n'); threading.Event().wait()"
_ASK_FOR_A_STOP = "os.kill(os.getpid(), signal.SIGTERM)"


def before_import(folder: Path, module: str, action: str) -> dict[str, str]:
    """The setting with which Python does that in a process of its own."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_BEFORE_IMPORT.format(module=module, action=action))
    return {"PYTHONPATH": str(folder)}


async def test_sigterm_in_the_middle_of_commands_answers_what_was_accepted(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with (
        helix(env=on_sandbox(**database)) as process,
        chatting(sandbox.page_url, "owner") as owner,
        chatting(sandbox.page_url, "member") as member,
    ):
        await process.ready()
        await owner.ask("!ping")  # discord.py sends one request at a time until it knows a route's limit
        slow = Fault("POST", "/channels/*/messages", delay_s=0.5, times=4)
        sandbox.engine.faults.add(slow)
        said = [await person.say(text) for person in (owner, member) for text in ("!agents", "!status")]
        await _used_up(slow)
        process.send(signal.SIGTERM)
        assert await process.exit_code(timeout_s=10) == 0
        assert process.output.count("Traceback") == 0
        answered = [message for message in said if owner.replies(message)]
        assert answered == said


async def test_sigint_stops_as_sigterm_does(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        await process.ready()
        process.send(signal.SIGINT)
        assert await process.exit_code(timeout_s=10) == 0


async def test_a_stop_ends_streams_at_once_and_waits_for_none_of_them(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    async with helix(env=sandbox_env(tmp_path, **database)) as process:
        await process.ready()
        async with (
            aiohttp.ClientSession(await process.http()) as session,
            session.get("/events") as stream,
            session.get("/events") as unread,
            session.ws_connect("/ws") as socket,
        ):
            await stream.content.readuntil(b"event: snapshot")
            await socket.receive_json()
            process.send(signal.SIGTERM)
            assert (await stream.content.read()).endswith(b": the server is stopping\n\n")
            while (await socket.receive(timeout=10)).type != aiohttp.WSMsgType.CLOSE:
                pass
            assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
            assert await process.exit_code(timeout_s=10) == 0
            unread.close()
        assert "cut_off" not in process.output
        assert "Traceback" not in process.output


async def test_a_stop_asked_for_during_the_start_is_obeyed(tmp_path: Path) -> None:
    in_the_middle = before_import(tmp_path / "hooks", "bot.app", _ASK_FOR_A_STOP)
    async with helix(env=sandbox_env(tmp_path / "data", **in_the_middle)) as process:
        assert await process.exit_code() == 0
        assert "datalock.released" in process.output
        assert "ready in" not in process.output
        assert "Traceback" not in process.output


async def test_a_stop_asked_for_while_an_import_hangs_at_the_start_closes_the_store(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    hanging = before_import(tmp_path / "hooks", "bot.cogs.fun", HANG)
    more = {**hanging, "ENABLE_LAZY_COMMANDS": "false", "SHUTDOWN_S": "2"}
    async with helix(env=sandbox_env(tmp_path / "data", **more, **database)) as process:
        await process.wait_for("the import hangs")
        assert await process.terminate() == 0
        assert "datalock.released" in process.output
        assert "Traceback" not in process.output


async def test_a_stop_asked_for_while_the_data_folder_is_taken_is_obeyed(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as first:
        await first.ready()
        async with helix(env=sandbox_env(tmp_path)) as second:
            await second.wait_for(r"datalock\.waiting")
            assert await second.terminate() == 0
            assert "Traceback" not in second.output


async def test_a_stop_asked_for_while_discord_does_not_answer_is_obeyed(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    login = Fault("GET", "/users/@me", delay_s=60, times=1)
    sandbox.engine.faults.add(login)
    async with helix(env=on_sandbox(SHUTDOWN_S="2")) as process:
        await _used_up(login)
        assert await process.terminate() == 0
        assert "Traceback" not in process.output


async def test_a_reply_that_discord_does_not_take_is_cut_off_once_however_often_the_stop_is_asked_for(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    async with helix(env=on_sandbox(SHUTDOWN_S="2")) as process, chatting(sandbox.page_url) as member:
        await process.ready()
        hanging = Fault("POST", "/channels/*/messages", delay_s=60, times=1)
        sandbox.engine.faults.add(hanging)
        await member.say("!status")
        await _used_up(hanging)
        process.send(signal.SIGTERM)
        await process.wait_for(r"drain\.cut_off in_flight=commands?:1")
        assert await process.terminate() == 0
        assert process.output.count("drain.cut_off") == 1
        assert "Traceback" not in process.output


async def _used_up(fault: Fault) -> None:
    async with asyncio.timeout(40):
        while fault.times:
            await asyncio.sleep(0.01)


async def test_a_disk_that_hangs_does_not_outlast_the_stop(tmp_path: Path) -> None:
    hangs, patch = tmp_path / "hangs", tmp_path / "patch"
    patch.mkdir()
    # No thread can be cancelled out of a system call: this stands for a disk, or a name server, that hangs.
    (patch / "sitecustomize.py").write_text(
        "import os, time\n"
        "real = os.fsync\n"
        f"os.fsync = lambda file: time.sleep(600) if os.path.exists({str(hangs)!r}) else real(file)\n"
    )
    env = sandbox_env(tmp_path / "data", SHUTDOWN_S="1", PYTHONPATH=str(patch))
    async with helix(env=env) as process:
        await process.ready()
        file = tmp_path / "data" / "ucf_state.json"
        hangs.touch()
        file.unlink()
        async with asyncio.timeout(40):
            while not file.with_name(f".{file.name}.part").exists():
                await asyncio.sleep(0.01)
        process.send(signal.SIGTERM)
        assert await process.exit_code(timeout_s=10) == 0
        assert "stop.cut_off" in process.output


async def test_sigkill_at_random_points_loses_no_committed_state(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    """Each edit counts as committed once /ucf shows it; after the kill it must still be there."""
    dice = random.Random(20)
    file = tmp_path / "ucf_state.json"
    env = sandbox_env(tmp_path, **database)
    for round_number in range(4):
        async with helix(env=env) as process:
            http = await process.http()
            await process.ready()
            shown = (await get_json(f"{http}/status"))["ucf"]
            for step in range(1, dice.randint(2, 5)):
                wanted = round(0.4 + round_number / 10 + step / 100, 4)
                file.write_text(json.dumps(shown | {"harmony": wanted}))
                await _until_harmony(http, wanted)
            await asyncio.sleep(dice.random() / 50)
            await process.kill()
        async with helix(env=env) as process:
            http = await process.http()
            await process.ready()
            assert (await get_json(f"{http}/status"))["ucf"]["harmony"] == wanted
            assert json.loads(file.read_text())["harmony"] == wanted


async def _until_harmony(http: str, wanted: float) -> None:
    async with asyncio.timeout(40), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{http}/status") as response:
                if (await response.json())["ucf"]["harmony"] == wanted:
                    return
            await asyncio.sleep(0.01)


async def test_what_was_recovered_after_a_kill_is_said(tmp_path: Path, database: Mapping[str, str]) -> None:
    env = sandbox_env(tmp_path, **database)
    async with helix(env=env) as process:
        await process.ready()
        await process.kill()
    async with helix(env=env) as process:
        await process.ready()
        health = await get_json(f"{await process.http()}/health")
        (recovery,) = health["checks"]["recovery"]
        assert recovery["output"] == "the last stop was not clean; all committed data is there"
        assert recovery["counters"]["unclean_stops"] == 1
        assert "Traceback" not in process.output
