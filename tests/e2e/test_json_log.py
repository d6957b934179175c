"""With `LOG_FORMAT=json`, every line that a run writes is a JSON object, on either output."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.helix_process import ROOT, HelixProcess, helix, sandbox_env

_CRASH = """
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
import core.runtime.datalock

async def broken(*_, **__):
    raise RuntimeError("not thought of")

core.runtime.datalock.acquire = broken
from main import main
sys.exit(main())
"""


def entries(process: HelixProcess) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in process.output.splitlines()]
    assert found
    for entry in found:
        assert {"time", "level", "logger", "message"} <= set(entry)
    return found


async def test_a_run_from_start_to_stop_writes_json_only(tmp_path: Path) -> None:
    env = sandbox_env(tmp_path / "data", LOG_FORMAT="json", ENABLE_STATE_WATCHNG="false")
    async with helix(env=env) as process:
        await process.ready()
        assert await process.terminate() == 0
        said = [entry["message"] for entry in entries(process)]
        for wanted in ("chat page", "HTTP server", "ready in", "Did you mean ENABLE_STATE_WATCHING?"):
            assert any(wanted in message for message in said)


async def test_wrong_settings_are_one_json_entry(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path / "data", LOG_FORMAT="json", PORT="many")) as process:
        assert await process.exit_code() == 2
        (entry,) = entries(process)
        assert "PORT" in entry["message"]
        assert entry["level"] == "CRITICAL"


async def test_a_start_that_is_refused_ends_with_a_json_entry(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        env = sandbox_env(tmp_path / "data", LOG_FORMAT="json", PORT=port)
        async with helix(env=env) as process:
            assert await process.exit_code() == 2
            assert port in entries(process)[-1]["message"]


@pytest.mark.parametrize("log_format", ["json", "text"])
async def test_an_error_that_nothing_caught_is_a_log_entry(tmp_path: Path, log_format: str) -> None:
    program = tmp_path / "crash.py"
    program.write_text(_CRASH.format(root=str(ROOT)))
    env = sandbox_env(tmp_path / "data", LOG_FORMAT=log_format)
    process = await HelixProcess.start(env=env, program=program, cwd=tmp_path)
    assert await process.exit_code() == 1
    if log_format == "json":
        assert "RuntimeError: not thought of" in entries(process)[-1]["traceback"]
    else:
        assert "CRITICAL helix uncaught" in process.output
        assert "  RuntimeError: not thought of" in process.output


async def test_what_a_person_asks_for_is_answered_in_plain_text(tmp_path: Path) -> None:
    async with helix("check", env=sandbox_env(tmp_path / "data", LOG_FORMAT="json")) as process:
        assert await process.exit_code() == 0
        assert "The settings are valid." in process.output
    async with helix("check", env=sandbox_env(tmp_path / "data", LOG_FORMAT="json", PORT="x")) as process:
        assert await process.exit_code() == 2
        assert process.output.startswith("One setting is wrong:")
