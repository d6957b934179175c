"""A text channel as an argument: a mention, an id, or its name with or without `#`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

if TYPE_CHECKING:
    # What a method is given; None, its default, where the argument was left out. With `X | None` there,
    # discord.py would take a channel that is not found for one that was left out.
    TextChannelArgument = discord.TextChannel | None
else:

    class TextChannelArgument(app_commands.Transformer, commands.TextChannelConverter):
        """Annotates an argument that is a text channel of the server where the command is given.

        By slash Discord offers the channels; by prefix a name such as `#general` is found, too, as it stands
        where no client has made a mention of it.
        """

        @property
        def type(self) -> discord.AppCommandOptionType:
            """As Discord offers it."""
            return discord.AppCommandOptionType.channel

        @property
        def channel_types(self) -> list[discord.ChannelType]:
            """Where a bot posts, and nothing else."""
            return [discord.ChannelType.text, discord.ChannelType.news]

        async def transform(self, interaction: discord.Interaction[Any], value: Any) -> discord.TextChannel:  # noqa: ANN401 - discord.py's signature
            """The channel chosen from Discord's list.

            Raises:
                commands.ChannelNotFound: it is not one of this server's that the bot knows.
            """
            found = None if interaction.guild is None else interaction.guild.get_channel(value.id)
            if not isinstance(found, discord.TextChannel):
                raise commands.ChannelNotFound(str(value))
            return found

        async def convert(self, ctx: commands.Context[Any], argument: str) -> discord.TextChannel:
            """The channel that was typed.

            Raises:
                commands.ChannelNotFound: there is none in this server.
            """
            found = await super().convert(ctx, argument.removeprefix("#").casefold())
            if ctx.guild is None or found.guild.id != ctx.guild.id:
                raise commands.ChannelNotFound(argument)
            return found
