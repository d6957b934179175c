"""Whom to ask where somebody lacks the powers for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.catalog.entry import Level
from bot.text import embeds

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot

_MOST_ROLES = 3
_OPERATOR = "whoever runs this bot"


def roles_with(level: Level, guild: discord.Guild, admin_role_id: int | None) -> list[discord.Role]:
    """The roles whose holders have the powers of `level` there, lowest first; not @everyone, nor a bot's."""
    return [
        role
        for role in guild.roles
        if not role.is_default()
        and not role.managed
        and (
            role.permissions.administrator
            or role.id == admin_role_id
            or (level is Level.mod and role.permissions.manage_guild)
        )
    ]


def to_ask(bot: HelixBot, guild: discord.Guild | None, level: Level, *, local: bool) -> str:
    """A sentence that says who has the powers of `level`: here where they count here, else at home.

    Args:
        bot: knows the home server and its admin role.
        guild: where it was asked for; None in a direct message.
        level: what it needs.
        local: whether it concerns the server that it is asked for in.
    """
    home = _home(bot)
    if level is Level.owner or (home is None and not local):
        return f"Ask {_OPERATOR}."
    if guild is not None and (local or guild == home):
        return f"Ask {_people(bot, guild, level)}."
    name = "the server" if home is None else f"**{embeds.plain(home.name)}**"
    return f"Use it in {name}, or ask there."


def to_tell(bot: HelixBot, guild: discord.Guild | None) -> str:
    """A sentence that says to whom a fault of ours should be reported."""
    home = _home(bot)
    if home is None:
        return f"Please tell {_OPERATOR}."
    if guild == home:
        return f"Please tell {_people(bot, home, Level.admin)}."
    return f"Please tell an admin of **{embeds.plain(home.name)}**."


def _home(bot: HelixBot) -> discord.Guild | None:
    return None if bot.home_guild_id is None else bot.get_guild(bot.home_guild_id)


def _people(bot: HelixBot, guild: discord.Guild, level: Level) -> str:
    """The owner and the roles; an interaction may come from a server of which neither is known."""
    named = " or ".join(role.mention for role in roles_with(level, guild, bot.admin_role_id)[:_MOST_ROLES])
    owner = f"<@{guild.owner_id}>" if guild.owner_id else "the owner of this server"
    return f"{owner}, or anyone with {named}" if named else owner
