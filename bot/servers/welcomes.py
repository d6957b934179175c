"""Where new members of each server are welcomed, and with what words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.text import embeds

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot

# Names of channels with the rules in them, the layout's own first.
_RULES = ("rules-and-ethics", "rules")


class Welcomes:
    """The channel of each server, kept across restarts; a server without one has no welcome."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    async def channel_id(self, guild_id: int) -> int | None:
        """Where a server's new members are welcomed; None where that is off."""
        found = await self._bot.key_values.get(self._scope, str(guild_id))
        return None if found is None else int(found)

    async def set(self, guild_id: int, channel_id: int) -> None:
        """Welcome them there from now on."""
        await self._bot.key_values.set(self._scope, str(guild_id), str(channel_id))

    async def off(self, guild_id: int) -> bool:
        """Welcome nobody there any more; False where that was so."""
        return await self._bot.key_values.delete(self._scope, str(guild_id))

    @property
    def _scope(self) -> str:
        return f"{self._bot.remember_scope}#welcome"


def card(guild: discord.Guild, mention: str, prefix: str) -> discord.Embed:
    """The welcome of one member: where to begin."""
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
            f"**Roles** `{prefix}roles`: choose what you want to hear of",
            f"**Commands** `{prefix}help`: everything there is",
        ),
        footer="Tat Tvam Asi: that thou art.",
    )
