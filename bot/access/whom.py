"""Whom to ask for help when a command is refused or fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.catalog.entry import Level
from bot.text import embeds

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot

_MOST_ROLES = 3
_OPERATOR = "the operator of this bot"


def roles_with(level: Level, guild: discord.Guild, admin_role_id: int | None) -> list[discord.Role]:
    """The roles that give `level` in this server, lowest first, without @everyone and bots' roles."""
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
    """A sentence that names whom to ask: people here if `level` counts here, else the home server.

    Args:
        bot: knows the home server and its admin role.
        guild: the server of the call; None in a direct message.
        level: the level needed.
        local: whether the command affects only the server where it is used.
    """
    home = _home(bot)
    if level is Level.owner or (home is None and not local):
        return f"Ask {_OPERATOR}."
    if guild is not None and (local or guild == home):
        return f"Ask {_people(bot, guild, level)}."
    name = "the server" if home is None else f"**{embeds.plain(home.name)}**"
    return f"Use it in {name}, or ask there."


def to_tell(bot: HelixBot, guild: discord.Guild | None) -> str:
    """A sentence that says who should be told about an error of Helix."""
    home = _home(bot)
    if home is None:
        return f"Please tell {_OPERATOR}."
    if guild == home:
        return f"Please tell {_people(bot, home, Level.admin)}."
    return f"Please tell an admin of **{embeds.plain(home.name)}**."


def _home(bot: HelixBot) -> discord.Guild | None:
    return None if bot.home_guild_id is None else bot.get_guild(bot.home_guild_id)


def _people(bot: HelixBot, guild: discord.Guild, level: Level) -> str:
    """The owner and the roles; both may be unknown for a server that the bot is not in."""
    named = " or ".join(role.mention for role in roles_with(level, guild, bot.admin_role_id)[:_MOST_ROLES])
    owner = f"<@{guild.owner_id}>" if guild.owner_id else "the owner of this server"
    return f"{owner}, or anyone with {named}" if named else owner
