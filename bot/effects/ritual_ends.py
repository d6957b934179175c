"""After a crash, mark interrupted rituals in the message that showed their progress."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.cards import ritual, ritual_messages
from bot.replies import discord_codes, errors, lasting
from state.rituals.records import UnknownRitual

if TYPE_CHECKING:
    from bot.cards.ritual_messages import Shown
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)


class RitualEnds:
    """Runs once when the bot is first ready."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Schedule the run."""
        self._bot.kernel.supervisor.add("ritual-ends", self._run)

    async def _run(self) -> None:
        await self._bot.gateway.ready.wait()
        running = self._bot.collective.rituals.running
        for shown in await ritual_messages.known(self._bot):
            if running is None or running.id != shown.ritual:
                await self._tell(shown)

    async def _tell(self, shown: Shown) -> None:
        channel = self._bot.get_partial_messageable(shown.channel_id)
        try:
            record = await self._bot.collective.rituals.get(shown.ritual)
            if record.status == "running":
                return
            # No names: the message may be in any server.
            card = ritual.ended(record, show_people=False)
            await lasting.edit(channel.get_partial_message(shown.message_id), embed=card)
        except UnknownRitual:
            logger.info("ritual.end_untold ritual=%d reason=pruned", shown.ritual)
        except discord.HTTPException as error:
            logger.info("ritual.end_untold ritual=%d error=%s", shown.ritual, errors.in_short(error))
            if not discord_codes.is_final(error):
                return
        await ritual_messages.forget(self._bot, shown.ritual)
