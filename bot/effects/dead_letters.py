"""Tells the admin channel of dead letters and of destinations switched off, with a button to replay."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aiohttp
import discord

from bot import buttons, embeds

if TYPE_CHECKING:
    from bot.client import HelixBot
    from core.webhooks.deliverer import Settled

logger = logging.getLogger(__name__)

# What dies within so long of the first is told of in one message: a dead destination has many.
_GATHERED_S: Final = 5.0
_KEPT: Final = 1_000
_SHOWN: Final = 8
_RETRY_S: Final = 10.0
_GONE: Final = frozenset({403, 404})


class DeadLetters:
    """Posts to the channel that serves alerts, and is off where there is none."""

    def __init__(self, bot: HelixBot, *, gathered_s: float = _GATHERED_S) -> None:
        self._bot = bot
        self._gathered_s = gathered_s
        self._queue: asyncio.Queue[Settled] = asyncio.Queue(_KEPT)

    def begin(self) -> None:
        """Listen from now on."""
        self._bot.collective.webhooks.on_attempt(self._settled)
        self._bot.kernel.supervisor.add("dead-letters", self._run)

    def _settled(self, settled: Settled) -> None:
        if settled.status != "dead" and settled.disabled is None:
            return
        if self._queue.full():
            logger.warning("dead_letters.notice_dropped waiting=%d", self._queue.qsize())
            return
        self._queue.put_nowait(settled)

    async def _run(self) -> None:
        while True:
            gathered = [await self._queue.get()]
            await asyncio.sleep(self._gathered_s)
            while not self._queue.empty():
                gathered.append(self._queue.get_nowait())
            while not await self._told(gathered):  # noqa: ASYNC110 - a retry, not a wait for a condition
                await asyncio.sleep(_RETRY_S)

    async def _told(self, gathered: Sequence[Settled]) -> bool:
        """Whether nothing more is to be done for this notice."""
        await self._bot.gateway.ready.wait()
        channel_id = self._bot.duties.channel_id("alerts")
        if channel_id is None:
            return True
        try:
            await self._tell(channel_id, gathered)
        except discord.HTTPException as error:
            logger.warning("dead_letters.untold status=%d code=%d", error.status, error.code)
            return error.status in _GONE
        except (aiohttp.ClientError, OSError) as error:
            logger.warning("dead_letters.untold error=%s", type(error).__name__)
            return False
        return True

    async def _tell(self, channel_id: int, gathered: Sequence[Settled]) -> None:
        dead = [settled for settled in gathered if settled.status == "dead"]
        off = {settled.destination: settled.disabled for settled in gathered if settled.disabled is not None}
        lines = [
            f"**{settled.delivery}** {settled.type} → `{settled.destination}` after "
            f"{settled.attempts} × : {embeds.plain(settled.outcome.error or 'no answer', 80)}"
            for settled in dead[:_SHOWN]
        ]
        if len(dead) > _SHOWN:
            lines.append(
                f"… and {len(dead) - _SHOWN} more; `{self._bot.prefix}webhooks failed` has them all."
            )
        lines += [f"🔌 `{name}` is switched off: {reason}." for name, reason in off.items()]
        view = None
        if dead:
            payload = str(dead[0].delivery) if len(dead) == 1 else f"{dead[0].delivery}-{dead[-1].delivery}"
            view = buttons.view_of(
                await buttons.button(self._bot, "webhooks", "replay", 0, payload, label="Replay", emoji="🔁")
            )
        title = "A delivery died" if len(dead) == 1 else f"{len(dead)} deliveries died"
        card = embeds.card(
            title if dead else "A destination is switched off",
            lines,
            status="fail",
            footer="Nothing is lost: dead letters are kept for 30 days.",
        )
        nonce = hashlib.sha256("\0".join(str(each.delivery) for each in gathered).encode()).hexdigest()[:25]
        channel = self._bot.get_partial_messageable(channel_id)
        none = discord.AllowedMentions.none()
        if view is None:
            await channel.send(embed=card, nonce=nonce, allowed_mentions=none)
        else:
            await channel.send(embed=card, view=view, nonce=nonce, allowed_mentions=none)
