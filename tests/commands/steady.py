"""One bot for all rows that must leave no trace: what each of them finds is what a new bot would show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.dispatch.command import HelixCommand
from sandbox import Sandbox, start_sandbox
from tests.bot.cogs.talk import Talk
from tests.bot.support import RunningBot, running

_BUCKETS = ("global", "default", "messages.create", "messages.edit", "messages.delete", "typing")


@contextmanager
def own_addresses() -> Iterator[None]:
    """What a bot sets for the whole process is undone at the end."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Route, "BASE", Route.BASE)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
        monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)
        yield


@asynccontextmanager
async def patient_sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox for many tests of one loop, which stands still between them and cannot answer then."""
    sandbox = await start_sandbox()
    sandbox.engine.gateway.heartbeat_s = 3600.0
    sandbox.engine.interactions.answer_s = 30.0
    try:
        yield sandbox
    finally:
        await sandbox.stop()


@asynccontextmanager
async def steady(folder: Path) -> AsyncIterator[RunningBot]:
    """A bot that is asked more in a second than people would, on a sandbox that lets it answer."""
    async with patient_sandbox() as sandbox:
        for bucket in _BUCKETS:
            sandbox.engine.limits.set(bucket, 1_000_000, 1.0)
        with own_addresses():
            async with running(sandbox, folder, ritual_step_s=0.001) as started:
                yield started


@contextmanager
def talking_anew(running: RunningBot) -> Iterator[Talk]:
    """The people of the bot's sandbox, as if they had used no command lately."""
    for command in running.bot.commands:
        assert isinstance(command, HelixCommand)
        for buckets in (command._buckets, getattr(command._buckets, "_quick", command._buckets)):
            buckets._cache.clear()
    with closing(Talk(running.sandbox)) as talk:
        yield talk
