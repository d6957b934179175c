"""Welcome new members, if an admin has chosen a channel."""

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

# More waiting members get no welcome, so that a raid does not flood the channel.
_MOST_WAITING = 100
# How many welcomed members are stored.
_REMEMBERED = 1_000
_NONCE_LENGTH = 25


class WelcomeMessages:
    """One message for each join, in order.

    Discord may report a join twice, or to two processes: posts are stored, and the nonce is made of the join.
    """

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._queue: asyncio.Queue[discord.Member] = asyncio.Queue(_MOST_WAITING)

    def begin(self) -> None:
        """Listen for joins."""
        self._bot.add_listener(self._joined, "on_member_join")
        self._bot.kernel.supervisor.add("welcome", self._run)

    async def welcome(self, member: discord.Member) -> bool:
        """Welcome one member; False if there is no channel or it was done before.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord did not accept the post.
            StoreError: the store failed.
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
