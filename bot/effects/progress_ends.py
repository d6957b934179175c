"""Tells of work that a crash cut off, in the message where its progress was shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.replies import discord_codes, errors, lasting, progress_messages
from bot.text import embeds

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.progress_messages import Unfinished

logger = logging.getLogger(__name__)

_TEXT = (
    "Cut off: Helix stopped in the middle of it. What was done until then stays done; ask again for the rest."
)


class ProgressEnds:
    """Looks once, when the bot is first ready, at what an earlier run left shown as under way."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Hand its one round to the supervisor."""
        self._bot.kernel.supervisor.add("progress-ends", self._run)

    async def _run(self) -> None:
        await self._bot.gateway.ready.wait()
        for unfinished in await progress_messages.left(self._bot):
            await self._tell(unfinished)

    async def _tell(self, unfinished: Unfinished) -> None:
        message = self._bot.get_partial_messageable(unfinished.channel_id).get_partial_message(
            unfinished.message_id
        )
        try:
            await lasting.edit(message, embed=embeds.card(unfinished.title, (_TEXT,), status="warn"))
        except discord.HTTPException as error:
            logger.info("progress.end_untold error=%s", errors.in_short(error))
            if not discord_codes.is_final(error):
                return
        await progress_messages.forget(self._bot, unfinished.message_id)
