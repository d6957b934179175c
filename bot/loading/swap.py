"""Adds a cog's module to the bot and removes it completely."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast

from discord.ext import commands

logger = logging.getLogger(__name__)

# A setup or teardown that takes longer is cancelled.
_WITHIN_S = 30.0


class MissingSetupError(Exception):
    """The module has no `async def setup(bot)`."""


async def attach(bot: commands.Bot, module: ModuleType) -> None:
    """Run the module's `setup`; if it fails, remove everything that it added to the bot.

    Raises:
        BaseException: the exception of `setup`.
    """
    setup = getattr(module, "setup", None)
    if setup is None:
        raise MissingSetupError(f"{module.__name__} has no setup function")
    try:
        async with asyncio.timeout(_WITHIN_S):
            await setup(bot)
    except BaseException:
        await detach(bot, module)
        raise


async def detach(bot: commands.Bot, module: ModuleType) -> None:
    """Remove the module's cogs, and commands that a failed addition left in the tables and the tree."""
    for name, cog in tuple(bot.cogs.items()):
        if _is_of(module, cog.__module__):
            try:
                await bot.remove_cog(name)
            except SystemExit:
                # discord.py catches other exceptions of `cog_unload`. The cog is removed by then.
                logger.exception("cog.unload_failed module=%s", module.__name__)
    for command in tuple(bot.all_commands.values()):
        if _is_of(module, command.module):
            bot.remove_command(command.name)
    for slash in bot.tree.get_commands():
        if _is_of(module, slash.module):
            # Helix has only chat commands, which are found by name.
            bot.tree.remove_command(slash.name)


async def tear_down(bot: commands.Bot, module: ModuleType) -> None:
    """Run the module's `teardown` if it has one; an exception is logged and not raised."""
    teardown = cast("Callable[[commands.Bot], Any] | None", getattr(module, "teardown", None))
    if teardown is None:
        return
    try:
        async with asyncio.timeout(_WITHIN_S):
            await teardown(bot)
    except (Exception, SystemExit):
        logger.exception("cog.teardown_failed module=%s", module.__name__)


def _is_of(module: ModuleType, name: str | None) -> bool:
    return name is not None and (name == module.__name__ or name.startswith(module.__name__ + "."))
