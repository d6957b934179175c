"""A loader with its parts, on a folder of cogs made for the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from discord.ext import commands

from bot.loading import CogLoader
from core.runtime.kernel import Kernel
from core.settings import Settings
from state.collective import Collective
from tests.bot.cog_folder import CogFolder
from tests.bot.loading.cog_loading import build_loader
from tests.bot.support import opened_collective


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[tuple[Kernel, Collective]]:
    async with opened_collective(Settings(data_dir=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def offline() -> commands.Bot:
    return commands.Bot("!", help_command=None, intents=discord.Intents.none())


@pytest.fixture
async def loader(
    parts: tuple[Kernel, Collective], offline: commands.Bot, cogs: CogFolder
) -> AsyncIterator[CogLoader]:
    made = build_loader(parts, offline, cogs)
    yield made
    await made.close()
