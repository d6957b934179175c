"""Answers interactions once, also if Discord's confirmation of an answer is lost.

Interaction responses have no nonce against duplicates. So after a lost confirmation the original response is
read: it shows whether the answer arrived.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import aiohttp
import discord

from bot.replies.replying import once_more
from bot.replies.unheard import UnconfirmedError, is_unheard, repeat
from bot.replies.waiting import Deferral, find_response

_UNCONFIRMED: Final = "Discord did not confirm the last message. If it is missing, run the command again."

Interaction = discord.Interaction[Any]


async def respond(interaction: Interaction, parts: dict[str, Any], *, private: bool) -> discord.Message:
    """Answer with a message: as the first response, instead of "thinking…", or as a follow-up.

    Raises:
        UnconfirmedError: it is unknown whether a follow-up was posted.
        discord.HTTPException: Discord refused it.
    """
    deferral, thinking = Deferral.of(interaction), False
    if deferral is not None:
        await deferral.settle()
        thinking, deferral.deferred = deferral.deferred, False
        if thinking and private and not deferral.ephemeral:
            # A message that replaces a public "thinking…" is public, so delete that and send a new one.
            with suppress(discord.NotFound):
                await repeat(interaction.delete_original_response)
            thinking = False
    if interaction.response.is_done():
        return await _follow_up(interaction, parts, private=private, thinking=thinking)
    try:
        return await _first(interaction, parts, private=private)
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
    return await find_response(interaction) or await _first(interaction, once_more(parts), private=private)


async def update(interaction: Interaction, parts: dict[str, Any]) -> None:
    """Change the message whose component was used.

    Raises:
        discord.HTTPException: Discord refused it.
    """
    if not interaction.response.is_done():
        try:
            await interaction.response.edit_message(**parts)
        except (aiohttp.ClientError, OSError) as error:
            if not is_unheard(error):
                raise
            if await find_response(interaction) is None:
                await interaction.response.edit_message(**parts)
        return
    await repeat(lambda: interaction.edit_original_response(**parts))


async def _first(interaction: Interaction, parts: dict[str, Any], *, private: bool) -> discord.Message:
    answered = await interaction.response.send_message(**parts, ephemeral=private)
    message = answered.resource
    return message if isinstance(message, discord.Message) else await interaction.original_response()


async def _follow_up(
    interaction: Interaction, parts: dict[str, Any], *, private: bool, thinking: bool
) -> discord.Message:
    try:
        return await interaction.followup.send(**parts, ephemeral=private, wait=True)
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
        if not thinking:
            raise UnconfirmedError(_UNCONFIRMED) from error
    # If it arrived, it has replaced "thinking…". Fetch it, since discord.py's copy still shows "thinking…".
    shown = await interaction.followup.fetch_message((await interaction.original_response()).id)
    if not shown.flags.loading:
        return shown
    return await interaction.followup.send(**once_more(parts), ephemeral=private, wait=True)


async def whisper(interaction: Interaction, text: str) -> None:
    """Answer with a message that only the person who used the interaction sees."""
    parts = {"content": text, "allowed_mentions": discord.AllowedMentions.none()}
    await respond(interaction, parts, private=True)
