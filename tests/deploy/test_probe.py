"""The health check of a container, against what it may meet."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench._process import free_port
from core.settings import Settings, load_settings
from tests.e2e.helix_process import ROOT, helix, sandbox_env
from web.edge.listening import bind, port_of

_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0"


async def _probe(port: str, **env: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "deploy/probe.py"),
        env={"PORT": port, **env},
        stderr=asyncio.subprocess.PIPE,
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


@asynccontextmanager
async def _alive(host: str) -> AsyncIterator[str]:
    """Somebody who says that he lives, on that address alone; gives the port."""
    app = web.Application()
    app.router.add_get("/health/live", _ok)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        sockets = await bind(Settings(host=host, port=0, port_is_set=True))
        for one in sockets:
            await web.SockSite(runner, one).start()
        yield str(port_of(sockets))
    finally:
        await runner.cleanup()


async def _ok(_request: web.Request) -> web.Response:
    return web.Response()


@pytest.mark.parametrize(
    "host", ["::", "[::]", "0::0", "0.0.0.0", "::1", "[::1]", "127.0.0.2", "localhost", " "]
)
async def test_it_asks_where_helix_listens(host: str) -> None:
    listens = load_settings({"DISCORD_TOKEN": _TOKEN, "HOST": host}, None).settings.host
    async with _alive(listens) as port:
        assert await _probe(f" {port} ", HOST=host) == (0, "")


@pytest.mark.parametrize("port", ["", "  "])
async def test_a_blank_port_is_the_usual_one(port: str) -> None:
    code, told = await _probe(port, HOST="127.0.0.9")
    assert (code, "refused" in told) == (1, True)


@pytest.mark.parametrize("port", ["0", "eighty", "65536", "-1"])
async def test_a_port_that_cannot_be_asked_is_named(port: str) -> None:
    code, told = await _probe(port)
    assert code == 1
    assert told == f"PORT={port!r}: a health check needs a port from 1 to 65535\n"


async def test_an_answer_that_is_no_http_fails() -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"nonsense\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        code, told = await _probe(str(server.sockets[0].getsockname()[1]))
    assert code == 1
    assert "/health/live: nonsense" in told
