"""Tell the admin channel when an edit of a state file is refused, and when it is fixed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.replies import discord_codes, errors
from bot.text import embeds
from core.health import Check
from core.store import LEADER

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.parts.duties import Duty
    from state.projection import Refusal

logger = logging.getLogger(__name__)

_CHECK = "state"
_KEPT = 20
_NONCE_LENGTH = 25
# The last notice is stored, so that a restart does not repeat it.
_KEY = "admin-notice"
_RETRY_S = 10.0


class AdminNotices:
    """Posts to the alerts channel; off without one.

    The nonce is made of a notice's text and the notice before it, so that a repeated send is posted once.
    """

    def __init__(self, bot: HelixBot, *, retry_s: float = _RETRY_S) -> None:
        self._bot = bot
        self._served = self._channel_id
        self._retry_s = retry_s
        self._refusing = False
        self._queue: asyncio.Queue[str] = asyncio.Queue(_KEPT)

    def begin(self) -> None:
        """Listen for refused and fixed edits; report current refusals."""
        self._bot.collective.projector.on_refusal(self._refused)
        self._tell_what_stands()
        self._bot.kernel.health.on_change(self._changed)
        self._bot.duties.on_change(self._duty_changed)
        self._bot.kernel.supervisor.add("admin-notices", self._run, lease=LEADER)

    async def tell_admins(self, text: str) -> bool:
        """Post `text` to the admin channel unless it was the last notice; return whether it is there.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: a temporary failure; try again.
        """
        channel_id = self._channel_id
        if channel_id is None:
            return False
        scope = self._bot.remember_scope
        said = await self._bot.key_values.get(scope, _KEY) or ""
        mark = _digest(f"{channel_id}\n{text}")
        if said.startswith(mark):
            return True
        # The nonce includes the last notice, since the same edit may be refused and fixed twice within the
        # minutes for which Discord recognizes a nonce.
        nonce = _digest(f"{said}\n{text}")
        channel = self._bot.get_partial_messageable(channel_id)
        try:
            await channel.send(
                embeds.clip(text, embeds.CONTENT_LIMIT),
                nonce=nonce,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except discord.HTTPException as error:
            if not discord_codes.is_final(error):
                raise
            logger.warning("admins.unreachable channel=%d error=%s", channel_id, errors.in_short(error))
            return False
        await self._bot.key_values.set(scope, _KEY, f"{mark} {nonce}")
        return True

    @property
    def _channel_id(self) -> int | None:
        return self._bot.duties.channel_id("alerts")

    def _duty_changed(self, duty: Duty) -> None:
        if duty == "alerts" and self._channel_id != self._served:
            self._served = self._channel_id
            self._tell_what_stands()

    def _tell_what_stands(self) -> None:
        for refusal in self._bot.collective.projector.refusals:
            self._refused(refusal)

    def _refused(self, refusal: Refusal) -> None:
        self._refusing = True
        where = refusal.file
        if refusal.line is not None:
            where += f", line {refusal.line}"
        if refusal.column is not None:
            where += f", column {refusal.column}"
        self._put(
            f"⚠️ I cannot use the edit of `{where}`: {embeds.plain(refusal.reason)}\n"
            "The last good state stays in use. Fix the file; I do not overwrite it until then."
        )

    def _changed(self, check: Check, previous: Check | None) -> None:
        # A temporary read or write failure was not reported, so its end is not either.
        mended = check.name == _CHECK and check.status == "pass" and previous is not None
        if mended and self._refusing:
            self._refusing = False
            self._put("✅ The state files are valid again.")

    def _put(self, text: str) -> None:
        if self._channel_id is None:
            return
        if self._queue.full():
            logger.warning("admins.notice_dropped waiting=%d", self._queue.qsize())
            return
        self._queue.put_nowait(text)

    async def _run(self) -> None:
        while True:
            text = await self._queue.get()
            while True:
                if await self._tried(text):
                    break
                await asyncio.sleep(self._retry_s)

    async def _tried(self, text: str) -> bool:
        """Post a notice; False if it must be tried again."""
        await self._bot.gateway.ready.wait()
        try:
            await self.tell_admins(text)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.warning("admins.notice_delayed error=%s", errors.in_short(error))
            return False
        return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_NONCE_LENGTH]
