"""Answers a message that names no command with buttons for the most likely commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord

from bot import access
from bot.arguments.starts import after_start
from bot.offers.likeliest import likeliest
from bot.offers.once_in import OnceIn
from bot.replies import buttons

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext

_EVERYONE = re.compile("@(?:everyone|here)")
_PERSON_EVERY_S, _CHANNEL_EVERY_S = 30.0, 10.0


def is_addressed(bot: HelixBot, message: discord.Message) -> bool:
    """Whether a message is meant for the bot: a direct message, or one that begins with its mention.

    A reply to the bot, or a message that also mentions a role or everyone, is not meant for it.
    """
    if isinstance(message.channel, discord.DMChannel):
        return True
    answered = message.reference.resolved if message.reference is not None else None
    to_bot = isinstance(answered, discord.Message) and answered.author == bot.user
    # Without the permission @everyone notifies nobody, but it still means everyone.
    to_many = bool(_EVERYONE.search(message.content) or message.role_mentions)
    return message.content.startswith(bot.starts[1:]) and not to_bot and not to_many


class Offers:
    """Offers commands, at limited intervals per person and per channel."""

    def __init__(self, bot: HelixBot) -> None:
        monotonic = bot.kernel.clock.monotonic
        self._bot = bot
        self._people = OnceIn(_PERSON_EVERY_S, monotonic)
        self._channels = OnceIn(_CHANNEL_EVERY_S, monotonic)

    async def make(self, ctx: HelixContext) -> None:
        """Answer with buttons for the most likely commands, unless the last offer is too recent.

        Raises:
            discord.HTTPException: Discord refused the answer.
        """
        person, channel = ctx.author.id, ctx.channel.id
        if self._people.wait_s(person) or self._channels.take(channel):
            return
        self._people.take(person)
        said = ctx.message.content
        text = after_start(said, self._bot.starts)
        entries = likeliest(said if text is None else text, access.visible_entries(ctx.caller))
        prefix = self._bot.prefix
        items = [
            await buttons.button(self._bot, "help", "run", person, entry.name, label=f"{prefix}{entry.name}")
            for entry in entries
        ]
        text = f"Did you mean one of these? `{prefix}help` shows all commands."
        await ctx.say(text, view=buttons.view_of(*items))
