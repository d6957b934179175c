"""The welcome channel of each server, and the welcome message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.text import embeds

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot

# Names of rules channels; first the layout's.
_RULES = ("rules-and-ethics", "rules")


class Welcomes:
    """The stored welcome channels; a server without one welcomes nobody."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    async def channel_id(self, guild_id: int) -> int | None:
        """The channel where new members are welcomed; None if that is off."""
        found = await self._bot.key_values.get(self._scope, str(guild_id))
        return None if found is None else int(found)

    async def set(self, guild_id: int, channel_id: int) -> None:
        """Store the welcome channel."""
        await self._bot.key_values.set(self._scope, str(guild_id), str(channel_id))

    async def off(self, guild_id: int) -> bool:
        """Switch the welcome off; False if it was off."""
        return await self._bot.key_values.delete(self._scope, str(guild_id))

    @property
    def _scope(self) -> str:
        return f"{self._bot.remember_scope}#welcome"


def card(guild: discord.Guild, mention: str, prefix: str) -> discord.Embed:
    """The welcome message for one member."""
    rules = guild.rules_channel or next(
        (channel for name in _RULES for channel in guild.text_channels if channel.name == name), None
    )
    place = "" if rules is None else f"in {rules.mention}, or "
    return embeds.card(
        f"Welcome to {embeds.plain(guild.name, 100)}",
        (
            f"{mention}, good that you are here.",
            "",
            f"**Rules** {place}with `{prefix}rules`",
            f"**Roles** `{prefix}roles`: choose what you want to hear about",
            f"**Commands** `{prefix}help`: all commands",
        ),
        footer="Tat Tvam Asi: that thou art.",
    )
