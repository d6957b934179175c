"""`message.post`: post once to a channel that `POST_CHANNEL_IDS` lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.effects._post_once import post_once
from core.webhooks.job import Job, Refused
from state.events.incoming import Embed, MessagePost

if TYPE_CHECKING:
    from bot.parts import HelixBot


class Posts:
    """The handler of `message.post`."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Register the handler."""
        ready = self._bot.gateway.ready
        self._bot.collective.webhooks.register(MessagePost, self.post, when=ready.wait)

    async def post(self, job: Job, data: MessagePost) -> None:
        """Post the message, without mentions.

        Raises:
            Refused: the channel is not listed or does not exist.
        """
        channel_id = int(data.channel)
        if channel_id not in self._bot.kernel.settings.post_channel_ids:
            raise Refused("The channel is not listed in POST_CHANNEL_IDS.")
        embed = None if data.embed is None else _embed(data.embed)
        await post_once(self._bot, job, channel_id, content=data.content or None, embed=embed)


def _embed(data: Embed) -> discord.Embed:
    embed = discord.Embed(title=data.title, description=data.description, url=data.url, colour=data.color)
    for field in data.fields:
        embed.add_field(name=field.name, value=field.value, inline=field.inline)
    if data.footer:
        embed.set_footer(text=data.footer)
    return embed
