"""Welcomes new members, where an admin has chosen a channel for it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.replies import errors
from bot.servers import welcomes
from core.store.errors import StoreError

if TYPE_CHECKING:
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

# Who comes while so many wait for their welcome gets none: a raid is no reason to fill a channel.
_MOST_WAITING = 100
# Of the last so many it is remembered that they were welcomed.
_REMEMBERED = 1_000
_NONCE_LENGTH = 25


class WelcomeMessages:
    """One message for each join of a person, in the order in which they came.

    Discord may tell of a join twice, and two processes may hear of it: what was posted is remembered, and the
    message carries a nonce made of the join.
    """

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._queue: asyncio.Queue[discord.Member] = asyncio.Queue(_MOST_WAITING)

    def begin(self) -> None:
        """Listen for joins."""
        self._bot.add_listener(self._joined, "on_member_join")
        self._bot.kernel.supervisor.add("welcome", self._run)

    async def welcome(self, member: discord.Member) -> bool:
        """Post the welcome of one member; False where there is none to post, or it was posted before.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord did not take it.
            StoreError: what is remembered cannot be read.
        """
        bot, guild = self._bot, member.guild
        channel_id = await welcomes.Welcomes(bot).channel_id(guild.id)
        if channel_id is None:
            return False
        scope, key = f"{bot.remember_scope}#welcomed", f"{guild.id}:{member.id}"
        joined = "" if member.joined_at is None else member.joined_at.isoformat()
        if await bot.key_values.get(scope, key) == joined:
            return False
        await bot.get_partial_messageable(channel_id).send(
            member.mention,
            embed=welcomes.card(guild, member.mention, bot.prefix),
            nonce=hashlib.sha256(f"welcome:{key}:{joined}".encode()).hexdigest()[:_NONCE_LENGTH],
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=[member]),
        )
        await bot.key_values.change(scope, key, lambda _: joined, keep=_REMEMBERED)
        return True

    async def _joined(self, member: discord.Member) -> None:
        if member.bot or not self._bot.kernel.drain.accepting:
            return
        if self._queue.full():
            logger.warning("welcome.dropped guild=%d waiting=%d", member.guild.id, self._queue.qsize())
            return
        self._queue.put_nowait(member)

    async def _run(self) -> None:
        while True:
            member = await self._queue.get()
            try:
                await self.welcome(member)
            except (discord.HTTPException, aiohttp.ClientError, OSError, StoreError) as error:
                logger.warning("welcome.failed guild=%d error=%s", member.guild.id, errors.in_short(error))
