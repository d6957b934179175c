"""Contexts of the running bot for code that is given one, without a command around it."""

from __future__ import annotations

from typing import Any

import discord

from bot import catalog
from bot.replies.context import HelixContext
from tests.bot.support import RunningBot


class NamedCommand:
    """What a context reads of the command that runs."""

    def __init__(self, name: str) -> None:
        entry = catalog.find(name)
        assert entry is not None
        self.entry = entry


async def context_of(running_bot: RunningBot, user: str, *, command: str = "status") -> HelixContext:
    """A context as `user`'s message in #bot-commands would have it, the command being `command`."""
    sandbox = running_bot.sandbox
    channel = running_bot.bot.get_channel(sandbox.channel("bot-commands"))
    assert isinstance(channel, discord.TextChannel)
    sent = await sandbox.act.message(user=sandbox.users[user], content="a line", channel=channel.id)
    message = await channel.fetch_message(int(sent["id"]))
    ctx: Any = await running_bot.bot.get_context(message)
    ctx.command = NamedCommand(command)
    assert isinstance(ctx, HelixContext)
    return ctx
