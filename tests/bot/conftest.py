"""Fixtures with the real discord.py client on the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox import Sandbox, start_sandbox
from tests.bot.support import RunningBot, running


@pytest.fixture(autouse=True)
def discords_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `Endpoints.apply` sets for the whole process is undone after each test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A small Discord of this test's own."""
    started = await start_sandbox()
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
