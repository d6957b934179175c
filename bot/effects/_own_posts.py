"""Find a post of the bot that a crash kept from being recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import discord

from bot.access import own_rights
from bot.replies import discord_codes

if TYPE_CHECKING:
    from bot.parts import HelixBot

_SEARCHED: Final = 200
# Discord remembers a nonce for at least this long.
_NONCE_HOLDS: Final = timedelta(minutes=2)
# Discord's clock may differ from ours by this much.
_CLOCKS_DIFFER: Final = timedelta(seconds=30)


class CannotRead(Exception):
    """The bot may not read the channel's history."""


def nonce_holds(begun: datetime, now: datetime) -> bool:
    """Whether Discord still recognizes the nonce of a post begun at `begun`.

    False if `begun` is in the future: the clock was set back, so the age is unknown.
    """
    return timedelta() <= now - begun <= _NONCE_HOLDS


def search_from(begun: datetime, now: datetime, leeway: timedelta = _CLOCKS_DIFFER) -> datetime | None:
    """The moment from which to search for a post begun at `begun`; None to search the newest messages."""
    return None if begun > now else begun - leeway


async def find(bot: HelixBot, channel_id: int, mark: str, *, after: datetime | None = None) -> int | None:
    """The id of the bot's message with this embed footer, or None.

    Searches the first messages `after` a moment, or the newest ones. A deleted channel has none.

    Raises:
        CannotRead: the bot may not read the history.
        discord.HTTPException: a temporary failure.
    """
    if not may_read(bot, channel_id):
        raise CannotRead
    channel = bot.get_partial_messageable(channel_id)
    try:
        async for message in channel.history(limit=_SEARCHED, after=after):
            if message.author.id == bot.application_id and any(
                embed.footer.text == mark for embed in message.embeds
            ):
                return message.id
    except discord.HTTPException as error:
        kind = discord_codes.kind_of(error)
        if kind == "forbidden":
            raise CannotRead from error
        if kind != "gone":
            raise
    return None


def may_read(bot: HelixBot, channel_id: int) -> bool:
    """Whether the bot may read the channel's history."""
    # Without the permission Discord returns an empty history instead of an error.
    return own_rights.may_read_history(bot.get_channel(channel_id))
