"""Outputs that cannot be written cost lines, and nothing else."""

import asyncio
import fcntl
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from tests.e2e.chat import chatting, text_of
from tests.e2e.helix_process import get_json, helix, sandbox_env
from tests.e2e.shell import shell

_CLOSED: Final = "0<&- 1>&- 2>&-"
# What becomes of what is printed, in a shell's words; `> >(:)` is a reader that ends at once.
_UNWRITABLE: Final = (">/dev/full 2>&1", _CLOSED, "> >(:) 2>&1")
_REFUSED: Final = 1_400
_SUM: Final = re.compile(r"\(and ([\d,]+) more like it in \d+ s\)$")


@pytest.fixture
def full_pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe that is full: whoever writes to it waits until somebody reads."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, b"." * 4096)
    yield reader, writer
    os.close(reader)
    os.close(writer)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A sandbox's settings with a port that is known without reading what Helix prints."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return sandbox_env(tmp_path / "data", PORT=str(port))


async def ready(env: dict[str, str]) -> tuple[str, int]:
    """Waits for a start; gives the address of the HTTP server, and the process's id."""
    http = f"http://127.0.0.1:{env['PORT']}"
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{http}/health/ready") as answer:
                    if answer.status == 200:
                        break
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)
    return http, _holder(Path(env["HELIX_DATA_DIR"]))


async def log_check(http: str) -> dict[str, Any]:
    """The check "log", once it warns."""
    async with asyncio.timeout(60):
        while True:
            check: dict[str, Any] = (await get_json(f"{http}/health"))["checks"]["log"][0]
            if check["status"] == "warn":
                return check
            await asyncio.sleep(0.02)


async def refuse(count: int, http: str) -> None:
    """Posts events that are taken and then refused: each is a warning in the log."""
    async with aiohttp.ClientSession() as session:
        body = {"delivery": "msg_unknown", "outcome": "done"}
        for _ in range(count):
            async with session.post(f"{http}/webhooks/receipt", json=body) as answer:
                assert answer.status == 202, await answer.text()


@pytest.mark.parametrize(
    "command", ["check", "--help", "--version", "restore none", "forget 1", "sync-commands"]
)
@pytest.mark.parametrize("outputs", [">/dev/full 2>&1", _CLOSED, "2>&1 | head -0"])
async def test_every_command_ends_as_ever_whatever_its_outputs_are(
    env: dict[str, str], command: str, outputs: str
) -> None:
    async with shell(f"helix {command} {outputs}; exit $PIPESTATUS", env) as process:
        _, said = await asyncio.wait_for(process.communicate(), 60)
    refused = command in {"restore none", "forget 1", "sync-commands"}
    assert (process.returncode, b"Traceback" in said, b"Exception" in said) == (
        2 if refused else 0,
        False,
        False,
    )


@pytest.mark.parametrize("outputs", _UNWRITABLE)
async def test_helix_runs_and_stops_whatever_its_outputs_are(env: dict[str, str], outputs: str) -> None:
    async with shell(f"helix run {outputs}; exit $?", env) as process:
        http, pid = await ready(env)
        # No file or socket of ours has a number that is printed to.
        kinds = {target.partition(":")[0] for target in _outputs_of(pid)}
        assert kinds <= ({"/dev/null"} if outputs == _CLOSED else {"/dev/null", "/dev/full", "pipe"})
        assert (await get_json(f"{http}/status"))["ucf"]
        os.kill(pid, signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_log_that_nobody_reads_holds_up_neither_requests_nor_the_stop(
    env: dict[str, str], full_pipe: tuple[int, int]
) -> None:
    async with shell(
        "helix", env | {"SHUTDOWN_S": "20"}, stdout=full_pipe[1], stderr=full_pipe[1]
    ) as process:
        http, pid = await ready(env)
        await refuse(_REFUSED, http)
        assert (await get_json(f"{http}/health/live"))["status"] == "pass"
        os.kill(pid, signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_log_that_is_read_late_says_everything(
    env: dict[str, str], full_pipe: tuple[int, int]
) -> None:
    reader, writer = full_pipe
    async with shell("helix", env, stdout=writer, stderr=writer):
        http, pid = await ready(env)
        await refuse(50, http)
        os.kill(pid, signal.SIGTERM)
        written = await asyncio.to_thread(_read_until, reader, b" stopped after_ms=")
    assert b"ready in" in written
    assert b"inbox.dead" in written


async def test_a_flood_of_refused_events_is_summed_up_and_counted_in_full(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        http = await process.http()
        await process.ready()
        await refuse(_REFUSED, http)
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            counted = 0.0
            while counted < _REFUSED:
                async with session.get(f"{http}/metrics") as answer:
                    found = re.search(
                        r'logging_total{level="WARNING",logger="core"} (\S+)', await answer.text()
                    )
                counted = float(found[1]) if found else 0.0
        assert await process.terminate() == 0
    lines = [line for line in process.output.splitlines() if "inbox.dead" in line]
    sums = [int(found[1].replace(",", "")) for line in lines if (found := _SUM.search(line))]
    assert len(lines) - len(sums) + sum(sums) == _REFUSED
    assert len(lines) < _REFUSED / 20


async def test_lost_lines_are_counted_and_shown(env: dict[str, str]) -> None:
    async with shell("helix 2>/dev/full", env):
        http, _ = await ready(env)
        check = await log_check(http)
        assert check["output"] == "lines to stderr were lost: No space left on device"
        assert check["counters"]["lost_stderr"] == check["observedValue"] > 0
        async with aiohttp.ClientSession() as session, session.get(f"{http}/metrics") as answer:
            assert 'helix_output_lines_lost_total{output="stderr"}' in await answer.text()


async def test_a_restore_is_done_though_nobody_reads_what_it_says(
    tmp_path: Path, env: dict[str, str]
) -> None:
    async with helix(env=env) as running, chatting(await running.chat_page(), "admin") as admin:
        await running.ready()
        reply = await admin.ask("!backup create")
        await admin.message_where(lambda one: one["id"] == reply["id"] and "and verified" in text_of(one))
        (archive,) = (tmp_path / "data" / "backups").glob("helix-*.tar.gz")
    other = env | {"HELIX_DATA_DIR": str(tmp_path / "other")}
    async with shell(f"helix restore {archive} | head -0; exit $PIPESTATUS", other) as process:
        _, said = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0
    assert b"Traceback" not in said
    assert (tmp_path / "other" / "helix.db").exists()


@pytest.mark.parametrize("outputs", [">/dev/full", "| head -0"])
async def test_the_staging_check_gives_its_verdict_though_nobody_reads_it(
    env: dict[str, str], outputs: str
) -> None:
    line = (
        f"{sys.executable} -m deploy.staging_check http://127.0.0.1:{env['PORT']} {outputs}; exit $PIPESTATUS"
    )
    async with shell(line, env) as process:
        _, said = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, said) == (1, b"")


async def test_the_traceback_of_a_crash_is_written(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import gc\ndef freeze(): raise LookupError('a fault')\ngc.freeze = freeze\n"
    )
    async with helix(env=env | {"PYTHONPATH": str(tmp_path)}) as process:
        assert await process.exit_code() == 1
        assert process.output.endswith("LookupError: a fault\n")
        assert "Traceback" in process.output


def _holder(folder: Path) -> int:
    pid: int = json.loads((folder / ".lock").read_bytes())["pid"]
    return pid


def _outputs_of(pid: int) -> list[str]:
    return [str(Path(f"/proc/{pid}/fd/{number}").readlink()) for number in range(3)]


def _read_until(reader: int, end: bytes) -> bytes:
    read = b""
    while end not in read:
        read += os.read(reader, 65_536)
    return read
