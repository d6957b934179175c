"""Edits a message of the bot over hours.

Discord limits the edits of a message that is older than an hour (code 30046). Then a new message, sent
without a notification, replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.replies import discord_codes
from bot.replies.replying import reopened, send
from bot.replies.unheard import repeat

_NO_MENTIONS: Final = discord.AllowedMentions.none()
# The reason that a channel's health check shows.
REPLACED: Final = "Discord took no more edits of the old message, so a new one was posted"


async def edit(message: discord.PartialMessage, *, embed: discord.Embed) -> None:
    """Edit the message to show this embed without buttons, or replace the message.

    Raises:
        discord.HTTPException: Discord refused both.
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
    """Delete the message and post a new one in its channel.

    Raises:
        discord.HTTPException: Discord refused it; the old message may be deleted already.
    """
    await withdraw(message)
    parts: dict[str, Any] = {"embed": embed, "silent": True, "allowed_mentions": _NO_MENTIONS}
    if view is not None:
        parts["view"] = view
    if files:
        parts["files"] = [reopened(file) for file in files]
    # A message is replaced only once, so its id serves as nonce.
    return await send(message.channel, parts, nonce=nonce or f"new-{message.id}")


async def withdraw(message: discord.Message | discord.PartialMessage) -> None:
    """Delete the message, unless it no longer exists or the bot has no access to its channel.

    Raises:
        discord.HTTPException: a temporary failure.
    """
    try:
        await message.delete()
    except discord.HTTPException as error:
        if not discord_codes.is_closed(error):
            raise


def refuses_edits(error: discord.HTTPException) -> bool:
    """Whether Discord refused the edit because an old message was edited too often."""
    return error.code == discord_codes.OLD_EDITS
