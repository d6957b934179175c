"""A person as an argument: from Discord's list by slash; a mention, name or id by prefix."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.text.words import quoted

Someone = discord.User | discord.Member


class Person(app_commands.Transformer, commands.Converter[Someone]):
    """A member of the server in which the command is used; in a direct message, only the author.

    Annotate the argument with `app_commands.Transform[discord.Member | discord.User | None, Person]`: with
    None outside of it, discord.py would treat a person who is not found as a missing argument.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord suggests people."""
        return discord.AppCommandOptionType.user

    async def transform(self, interaction: discord.Interaction[Any], value: Someone, /) -> Someone:
        """The person chosen by slash."""
        return _known(value, interaction.user, in_server=interaction.guild is not None)

    async def convert(self, ctx: commands.Context[Any], argument: str) -> Someone:
        """The person named by prefix."""
        author = ctx.author
        if ctx.guild is not None:
            return await commands.MemberConverter().convert(ctx, argument)
        names = {str(author.id), author.mention, f"<@!{author.id}>", author.name, author.display_name}
        return _known(author if argument.strip() in names else argument, author, in_server=False)


def _known(person: Someone | str, caller: Someone, *, in_server: bool) -> Someone:
    if not isinstance(person, str) and (in_server or person.id == caller.id):
        return person
    name = person if isinstance(person, str) else person.display_name
    raise commands.BadArgument(f"{quoted(name)} is not here: in a direct message you can only name yourself.")
