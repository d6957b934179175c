"""A text channel as an argument: from Discord's list by slash; a mention, id or name by prefix."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.access import Refusal

Found = app_commands.AppCommandChannel | app_commands.AppCommandThread


class TextChannel(app_commands.Transformer, commands.TextChannelConverter):
    """A text channel of the server in which the command is used.

    Annotate the argument with `app_commands.Transform[discord.TextChannel | None, TextChannel]`: with None
    outside of it, discord.py would treat a channel that is not found as a missing argument.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord suggests channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds to which the bot can post."""
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(self, interaction: discord.Interaction[Any], value: Found, /) -> discord.TextChannel:
        """The cached channel that was chosen by slash."""
        found = None if interaction.guild is None else interaction.guild.get_channel(value.id)
        if not isinstance(found, discord.TextChannel):
            raise commands.ChannelNotFound(str(value))
        return found

    async def convert(self, ctx: commands.Context[Any], argument: str) -> discord.TextChannel:
        """The channel named by prefix; a plain `#general` works, too.

        Raises:
            Refusal: used in a direct message.
        """
        if ctx.guild is None:
            text = "This works in a server, not in a direct message, which has no channels."
            raise Refusal("server only", text)
        found = await super().convert(ctx, argument.removeprefix("#"))
        if found.guild.id != ctx.guild.id:
            raise commands.ChannelNotFound(argument)
        return found
