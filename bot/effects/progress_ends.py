"""After a crash, mark interrupted work in the message that showed its progress."""

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

_TEXT = "Interrupted: Helix stopped before this was finished. Finished parts stay; run the command again."


class ProgressEnds:
    """Runs once when the bot is first ready."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Schedule the run."""
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
