"""A message of our own that is edited for hours.

Discord takes only so many edits of a message that is older than an hour, then refuses them (code 30046).
A new message, sent without a notification, takes the place of the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.replies import discord_codes
from bot.replies.replying import reopened, send
from bot.replies.unheard import repeat

_NO_MENTIONS: Final = discord.AllowedMentions.none()
# What the check of a duty says of it.
REPLACED: Final = "Discord took no more edits of the old message, so a new one was posted"


async def edit(message: discord.PartialMessage, *, embed: discord.Embed) -> None:
    """Show this, without buttons: in the message, or in a new one in its place.

    Raises:
        discord.HTTPException: Discord takes neither.
    """
    try:
        await repeat(lambda: message.edit(embed=embed, view=None, allowed_mentions=_NO_MENTIONS))
    except discord.HTTPException as error:
        if not refuses_edits(error):
            raise
        await replace(message, embed=embed)


async def replace(
    message: discord.Message | discord.PartialMessage,
    *,
    embed: discord.Embed,
    view: discord.ui.View | None = None,
    files: Sequence[discord.File] = (),
    nonce: str | None = None,
) -> discord.Message:
    """Delete the message and post this in its channel.

    Raises:
        discord.HTTPException: Discord does not take it; the old message may be gone by then.
    """
    await withdraw(message)
    parts: dict[str, Any] = {"embed": embed, "silent": True, "allowed_mentions": _NO_MENTIONS}
    if view is not None:
        parts["view"] = view
    if files:
        parts["files"] = [reopened(file) for file in files]
    # A message is replaced once, so its id makes a nonce.
    return await send(message.channel, parts, nonce=nonce or f"new-{message.id}")


async def withdraw(message: discord.Message | discord.PartialMessage) -> None:
    """Delete the message, unless it is gone or its channel is closed to the bot.

    Raises:
        discord.HTTPException: Discord does not take it now.
    """
    try:
        await message.delete()
    except discord.HTTPException as error:
        if not discord_codes.is_closed(error):
            raise


def refuses_edits(error: discord.HTTPException) -> bool:
    """Whether the message was edited too often for its age."""
    return error.code == discord_codes.OLD_EDITS
