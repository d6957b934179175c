"""Slash commands for the real client in tests, and the results that their users receive."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from sandbox import Sandbox
from sandbox.events import Event
from tests.sandbox.support import Bot

Answer = Callable[[discord.Interaction], Awaitable[None]]


def results(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The interaction results that users receive; the list grows with each one."""
    told: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.name == "INTERACTION_RESULT" and event.only is not None:
            told.append(event.data(next(iter(event.only))))

    sandbox.engine.bus.subscribe(hear)
    return told


async def register(bot: Bot, answer: Answer) -> None:
    """Registers ``/try`` with that answer."""

    @bot.tree.command(name="try", description="Tries something")
    async def attempt(interaction: discord.Interaction) -> None:
        await answer(interaction)

    await bot.tree.sync()


async def try_it(bot: Bot, sandbox: Sandbox, answer: Answer) -> discord.Interaction:
    """Runs ``/try`` as the member in #general; returns the interaction when its handler has ended."""
    done: asyncio.Future[discord.Interaction] = asyncio.get_running_loop().create_future()

    async def run(interaction: discord.Interaction) -> None:
        try:
            await answer(interaction)
        except Exception as error:
            done.set_exception(error)
            raise
        done.set_result(interaction)

    await register(bot, run)
    await sandbox.act.slash(user="member", channel=sandbox.channel("general"), command="try")
    return await asyncio.wait_for(done, 40)
