"""The health check of a container, against what it may meet."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bench._process import free_port
from tests.e2e.helix_process import ROOT, helix, sandbox_env


async def _probe(port: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "deploy/probe.py"), env={"PORT": port}, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    return process.returncode, told.decode()


async def test_a_helix_that_runs_passes(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path, READ_TOKEN="a-token-that-it-need-not-know")) as process:
        port = (await process.http()).rpartition(":")[2]
        assert await _probe(port) == (0, "")


async def test_where_nobody_listens_it_fails() -> None:
    code, told = await _probe(str(free_port()))
    assert code == 1
    assert "/health/live: " in told
    assert "refused" in told


async def test_an_answer_that_is_no_200_fails() -> None:
    server = TestServer(web.Application())
    await server.start_server()
    try:
        assert await _probe(str(server.port)) == (1, "/health/live: answered 404\n")
    finally:
        await server.close()
