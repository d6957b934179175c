"""A loader on a folder of cogs made for the test, with a bot that is connected to nothing."""

from __future__ import annotations

from discord.ext import commands

from bot.loading import CogLoader
from core.runtime.kernel import Kernel
from state.collective import Collective
from tests.bot.cog_folder import CogFolder

NAMES = ("help", "monitoring", "agents", "admin")


def build_loader(parts: tuple[Kernel, Collective], offline: commands.Bot, cogs: CogFolder) -> CogLoader:
    kernel, collective = parts
    return CogLoader(
        offline,
        NAMES,
        key_values=collective.key_values,
        clock=kernel.clock,
        metrics=kernel.metrics,
        caches=kernel.caches,
        package=cogs.package,
    )


def state_of(loader: CogLoader, cog: str) -> str:
    return next(status.state for status in loader.status() if status.name == cog)
