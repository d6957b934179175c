"""Finds a post of the bot's own that nobody lived to note."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import discord

from bot.access import own_rights
from bot.replies import discord_codes

if TYPE_CHECKING:
    from bot.parts import HelixBot

_SEARCHED: Final = 200
# So long Discord surely remembers a nonce.
_NONCE_HOLDS: Final = timedelta(minutes=2)
# Discord's clock and ours may differ; what was posted a little before is ours, too.
_CLOCKS_DIFFER: Final = timedelta(seconds=30)


class CannotRead(Exception):
    """The bot may not read the channel's history, so that nobody knows what is in it."""


def nonce_holds(begun: datetime, now: datetime) -> bool:
    """Whether Discord surely drops a second post with the nonce of one that was begun then.

    Not where `begun` lies ahead: the clock was set back since, so nobody knows how long ago it was.
    """
    return timedelta() <= now - begun <= _NONCE_HOLDS


def search_from(begun: datetime, now: datetime, leeway: timedelta = _CLOCKS_DIFFER) -> datetime | None:
    """From when on a post that was begun then is looked for; None, for the newest, where nobody knows."""
    return None if begun > now else begun - leeway


async def find(bot: HelixBot, channel_id: int, mark: str, *, after: datetime | None = None) -> int | None:
    """The id of the bot's message whose embed has this footer: of the first ones `after`, or the last ones.

    A channel that is gone has none.

    Raises:
        CannotRead: it may be there or not.
        discord.HTTPException: Discord does not tell now.
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
    # Without the permission Discord gives an empty history, and no error.
    return own_rights.may_read_history(bot.get_channel(channel_id))
