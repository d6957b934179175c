"""A text channel as an argument: one of Discord's list by slash; a mention, id or name by prefix."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.access import Refusal

Found = app_commands.AppCommandChannel | app_commands.AppCommandThread


class TextChannel(app_commands.Transformer, commands.TextChannelConverter):
    """A text channel of the server that the command is given in.

    Annotate the argument with `app_commands.Transform[discord.TextChannel | None, TextChannel]`: where None
    stands outside, discord.py takes a channel that is not found for an argument left out.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord offers while it is typed: channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Those of a kind that people read and bots post to."""
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(self, interaction: discord.Interaction[Any], value: Found, /) -> discord.TextChannel:
        """The channel chosen by slash; what Discord sends of it is looked up among those the bot knows."""
        found = None if interaction.guild is None else interaction.guild.get_channel(value.id)
        if not isinstance(found, discord.TextChannel):
            raise commands.ChannelNotFound(str(value))
        return found

    async def convert(self, ctx: commands.Context[Any], argument: str) -> discord.TextChannel:
        """The channel named by prefix; `#general` is found, too, where no client made a mention of it.

        Raises:
            Refusal: it is a direct message.
        """
        if ctx.guild is None:
            raise Refusal(
                "server only", "Channels are of a server: this works there, not in a direct message."
            )
        found = await super().convert(ctx, argument.removeprefix("#"))
        if found.guild.id != ctx.guild.id:
            raise commands.ChannelNotFound(argument)
        return found
