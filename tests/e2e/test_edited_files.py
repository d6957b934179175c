"""A person edits data/ucf_state.json: it shows in chat and over HTTP, or is refused with the reason."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.chat import chatting, text_of
from tests.e2e.helix_process import HelixProcess, get_json, helix, sandbox_env


async def _until(url: str, accept: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(40):
        while not accept(body := await get_json(url)):
            await asyncio.sleep(0.01)
        return body


async def _status_url(process: HelixProcess) -> str:
    await process.ready()
    return f"{await process.http()}/status"


async def test_an_edit_shows_in_chat_and_over_http(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        url = await _status_url(process)
        before = await get_json(url)
        edited = before["ucf"] | {"harmony": 1.234}
        (tmp_path / "ucf_state.json").write_text(json.dumps(edited))
        after = await _until(url, lambda status: status["ucf"]["harmony"] == 1.234)
        assert after["state"]["source"] == "file"
        assert after["state"]["version"] > before["state"]["version"]
        async with chatting(await process.chat_page()) as member:
            assert "1.23" in text_of(await member.ask("!status"))


async def test_a_broken_edit_is_refused_and_said_on_health(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        url = await _status_url(process)
        before = await get_json(url)
        broken = '{\n  "harmony": 0.5,\n  "resilience": oops\n}\n'
        (tmp_path / "ucf_state.json").write_text(broken)
        health_url = url.replace("/status", "/health")
        health = await _until(health_url, lambda body: body["checks"]["state"][0]["status"] == "warn")
        said = health["checks"]["state"][0]["output"]
        assert "ucf_state.json" in said
        assert "line 3" in said
        assert (await get_json(url))["ucf"] == before["ucf"]
        assert (tmp_path / "ucf_state.json").read_text() == broken
        (tmp_path / "ucf_state.json").write_text(json.dumps(before["ucf"] | {"prana": 0.61}))
        await _until(health_url, lambda body: body["checks"]["state"][0]["status"] == "pass")
        assert (await get_json(url))["ucf"]["prana"] == 0.61


async def test_an_edit_made_while_helix_is_down_is_taken_at_the_next_start(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    file = tmp_path / "ucf_state.json"
    async with helix(env=sandbox_env(tmp_path, **database)) as process:
        await _status_url(process)
        assert await process.terminate() == 0
    file.write_text(json.dumps(json.loads(file.read_text()) | {"drishti": 0.77}))
    async with helix(env=sandbox_env(tmp_path, **database)) as process:
        status = await get_json(await _status_url(process))
        assert status["ucf"]["drishti"] == 0.77
        assert status["state"]["source"] == "file"


async def test_a_file_that_merely_lags_is_rewritten(tmp_path: Path) -> None:
    file = tmp_path / "ucf_state.json"
    async with helix(env=sandbox_env(tmp_path)) as process:
        url = await _status_url(process)
        await _until(url, lambda _: file.exists())
        defaults = file.read_text()
        file.write_text(json.dumps(json.loads(defaults) | {"zoom": 1.1}))
        await _until(url, lambda status: status["ucf"]["zoom"] == 1.1)
        assert await process.terminate() == 0
    current = file.read_text()
    file.unlink()
    async with helix(env=sandbox_env(tmp_path)) as process:
        url = await _status_url(process)
        await _until(url, lambda _: file.exists() and json.loads(file.read_text()) == json.loads(current))
        assert (await get_json(url))["ucf"]["zoom"] == 1.1
