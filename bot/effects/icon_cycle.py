"""Change the icons of cycling servers every 24 hours; missed changes are caught up with one."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Final

import aiohttp
import discord

from bot.replies import errors
from bot.servers.icons import AGAIN_AFTER, EVERY, IconRecord, Icons, NoPermission, key_of
from core.errors import HelixError
from core.runtime.worker import WorkerFailed
from state.change import Actor

if TYPE_CHECKING:
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 60.0
_ACTOR: Final = Actor("schedule")
_GONE: Final = "The cycle is off: I am no longer in that server."
_FOREIGN: Final = (
    "The cycle is off: someone set another icon, which stays. `/icon cycle on` starts the cycle again."
)


class IconCycle:
    """Checks once a minute which icons are due; the times are stored across restarts."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._icons = Icons(bot)

    def begin(self) -> None:
        """Start the loop."""
        self._bot.kernel.supervisor.add("icon-cycle", self.look, every_s=_LOOK_EVERY_S)

    async def look(self) -> None:
        """Change every icon that is due."""
        if not self._bot.gateway.ready.is_set():
            return
        now = self._bot.kernel.clock.now()
        for guild_id, record in (await self._icons.cycling()).items():
            if record.next_at is None:
                continue
            if record.next_at <= now:
                await self._turn(guild_id, record, now)
            elif record.next_at > now + EVERY:
                # The time was stored by a clock that was ahead.
                await self._icons.postpone(guild_id, now + EVERY)

    async def _turn(self, guild_id: int, record: IconRecord, now: datetime) -> None:
        guild = self._bot.get_guild(guild_id)
        if guild is not None and guild.unavailable:
            return
        if guild is None:
            await self._icons.note(guild_id, _GONE, None, _ACTOR)
            return
        if record.is_foreign(key_of(guild)):
            await self._icons.note(guild_id, _FOREIGN, None, _ACTOR)
            return
        try:
            await self._icons.replace(guild, record.following, _ACTOR, next_at=now + EVERY)
        except NoPermission as error:
            await self._icons.note(guild_id, str(error), now + EVERY, _ACTOR)
        except (HelixError, WorkerFailed, discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.warning("icon.not_turned guild=%d error=%s", guild_id, errors.in_short(error))
            await self._icons.note(
                guild_id, "The last change failed; I will try again.", now + AGAIN_AFTER, _ACTOR
            )
