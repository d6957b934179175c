"""Replies to a message; without a reference where Discord refuses one."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
import discord

from bot.access import own_rights
from bot.replies import discord_codes
from bot.replies.unheard import is_unheard

logger = logging.getLogger(__name__)


async def reply(message: discord.Message, parts: dict[str, Any], *, nonce: str) -> discord.Message:
    """Send `parts` in the message's channel, as a reply to it unless Discord refuses the reference.

    Raises:
        discord.HTTPException: Discord refused it for another reason.
    """
    # Avoid requests that Discord would refuse: after 10,000 it bans an address for ten minutes.
    if own_rights.may_read_history(message.channel):
        reference = message.to_reference(fail_if_not_exists=False)
        referring = {**parts, "reference": reference, "mention_author": False}
        try:
            return await send(message.channel, referring, nonce=nonce)
        except discord.HTTPException as error:
            if not discord_codes.refuses_reference(error):
                raise
            logger.info("reply.reference_refused code=%d", error.code)
            parts = once_more(parts)
    return await send(message.channel, parts, nonce=nonce)


async def send(target: discord.abc.Messageable, parts: dict[str, Any], *, nonce: str) -> discord.Message:
    """Send `parts`; if the outcome is unknown, send again with the same nonce, which prevents a duplicate.

    Raises:
        discord.HTTPException: Discord refused it.
    """
    try:
        return await target.send(**parts, nonce=nonce)
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
    return await target.send(**once_more(parts), nonce=nonce)


def once_more(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts for a second attempt, with reopened files."""
    return parts | ({"files": [reopened(file) for file in parts["files"]]} if "files" in parts else {})


def reopened(file: discord.File) -> discord.File:
    """The file for a second attempt, since discord.py closes a file after sending it."""
    file.reset()
    return discord.File(file.fp, file.filename, description=file.description)
