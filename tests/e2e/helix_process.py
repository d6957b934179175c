"""A real Helix process for the end-to-end tests: started, spoken to over sockets, stopped or killed."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
_CHAT = re.compile(r"chat page\s+(http://\S+)")
_HTTP = re.compile(r"HTTP server\s+(http://\S+)")
_READY = re.compile(r"\bready in\b")


class HelixProcess:
    """`python main.py` with an environment of its own; `output` collects both its streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[str] = []
        self._ended = False
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read(), name="helix-output")

    @classmethod
    async def start(
        cls, *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, program: Path = ROOT / "main.py"
    ) -> Self:
        """Start it; the environment is what is given and the few names that Python itself needs."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(program),
            *arguments,
            cwd=cwd,
            env={**kept, **env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return "".join(self._lines)

    async def chat_page(self) -> str:
        return (await self.wait_for(_CHAT)).group(1)

    async def http(self) -> str:
        return (await self.wait_for(_HTTP)).group(1).rstrip("/")

    async def ready(self) -> None:
        await self.wait_for(_READY)

    async def wait_for(self, pattern: re.Pattern[str] | str, *, timeout_s: float = 50.0) -> re.Match[str]:
        """The first match in the output; fails with the output when the process ends before."""
        compiled = re.compile(pattern) if isinstance(pattern, str) else pattern
        async with asyncio.timeout(timeout_s), self._changed:
            while True:
                if found := compiled.search(self.output):
                    return found
                if self._ended:
                    raise AssertionError(f"it ended without {compiled.pattern!r}:\n{self.output}")
                await self._changed.wait()

    async def exit_code(self, *, timeout_s: float = 30.0) -> int:
        async with asyncio.timeout(timeout_s):
            await self._process.wait()
            await self._reader
        assert self._process.returncode is not None
        return self._process.returncode

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def terminate(self) -> int:
        self.send(signal.SIGTERM)
        return await self.exit_code()

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self.exit_code()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._changed:
                self._lines.append(line.decode())
                self._changed.notify_all()
        async with self._changed:
            self._ended = True
            self._changed.notify_all()


@asynccontextmanager
async def helix(*arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> AsyncIterator[HelixProcess]:
    """A process that is gone when the block ends, however it ends."""
    process = await HelixProcess.start(*arguments, env=env, cwd=cwd)
    try:
        yield process
    finally:
        await process.kill()


def sandbox_env(data: Path, **more: str) -> dict[str, str]:
    """The settings of a process in its own sandbox, with every port free and a data folder of its own."""
    return {"HELIX_DATA_DIR": str(data), "SANDBOX_PORT": "0", "PORT": "0", **more}


async def get_json(url: str) -> Any:
    """The JSON body at `url`, whatever its status."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.json(content_type=None)


async def post_json(url: str, body: Mapping[str, object]) -> Any:
    """POST to the sandbox's controls; fails on a refusal."""
    async with (
        aiohttp.ClientSession(headers={"X-Helix-Sandbox": "1"}) as session,
        session.post(url, json=body) as response,
    ):
        assert response.ok, f"{url}: {response.status} {await response.text()}"
        return await response.json(content_type=None)
