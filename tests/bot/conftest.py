"""Fixtures with the real discord.py client on the sandbox."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox import Sandbox, start_sandbox
from tests.bot.cog_folder import CogFolder
from tests.bot.support import Chat, RunningBot, running


@pytest.fixture(autouse=True)
def discords_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `Endpoints.apply` sets for the whole process is undone after each test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A small Discord of this test's own, which waits for answers as long as a busy machine takes."""
    started = await start_sandbox()
    started.engine.interactions.answer_s = 30.0
    try:
        yield started
    finally:
        await started.stop()


@pytest.fixture
async def running_bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[RunningBot]:
    """Helix as it is, READY on the sandbox."""
    async with running(sandbox, tmp_path / "data") as started:
        yield started


StartBot = Callable[..., Awaitable[RunningBot]]


@pytest.fixture
async def start_bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[StartBot]:
    """Starts bots on the sandbox: `await start_bot(package=…, folder="data", …settings)`."""
    async with AsyncExitStack() as stack:

        async def start(*, folder: str = "data", **options: Any) -> RunningBot:
            return await stack.enter_async_context(running(sandbox, tmp_path / folder, **options))

        yield start


@pytest.fixture
def chat(sandbox: Sandbox) -> Iterator[Chat]:
    """People in #general of the home server."""
    seen = Chat(sandbox)
    yield seen
    seen.close()


@pytest.fixture
def cogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CogFolder]:
    """A package of this test's own, for cogs that are broken, slow or changing."""
    folder = CogFolder(tmp_path / "code")
    monkeypatch.syspath_prepend(str(folder.root))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.package]:
        del sys.modules[name]
