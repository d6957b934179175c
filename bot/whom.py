"""Whom to ask where somebody lacks the powers for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import embeds
from bot.entry import Level

if TYPE_CHECKING:
    import discord

    from bot.client import HelixBot

_MOST_ROLES = 3


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
    home = None if bot.home_guild_id is None else bot.get_guild(bot.home_guild_id)
    if level is Level.owner or (home is None and not local):
        return "Ask whoever runs this bot."
    if guild is not None and (local or guild == home):
        roles = roles_with(level, guild, bot.admin_role_id)[:_MOST_ROLES]
        named = " or ".join(role.mention for role in roles)
        return f"Ask <@{guild.owner_id}>{f', or anyone with {named}' if named else ''}."
    name = "the server" if home is None else f"**{embeds.plain(home.name)}**"
    return f"Use it in {name}, or ask there."
