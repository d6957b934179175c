"""Answers a button press in time and only once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Self

import aiohttp
import discord

from bot import access
from bot.access import hints
from bot.replies import responding
from bot.replies.waiting import DEFER_AFTER_S, defer
from bot.text import embeds

logger = logging.getLogger(__name__)

_NO_MENTIONS = discord.AllowedMentions.none()


class Answer:
    """Answers one component interaction; defers it if no answer comes in time.

    Use it as an async context manager, which stops the timer at its end.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interaction = interaction
        self._sleep = sleep
        # Discord refuses a second first response to an interaction, so the lock serializes them.
        self._turn = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._timer = asyncio.create_task(self._defer_when_late(), name=f"defer-{self._interaction.id}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.settle()

    async def settle(self) -> None:
        """Stop the timer, and wait for a deferral in progress."""
        timer, self._timer = self._timer, None
        if timer is not None:
            async with self._turn:
                timer.cancel()
            await asyncio.wait((timer,))

    async def update(self, *, embed: discord.Embed, view: discord.ui.View | None = None) -> None:
        """Edit the pressed message; without a view its buttons are removed."""
        pressed = self._interaction
        embed = hints.fit_card(embed, lambda: access.caller_of(pressed), pressed.client.prefix)
        embeds.check(None, [embed], view=view)
        async with self._turn:
            parts = {"embed": embed, "view": view, "allowed_mentions": _NO_MENTIONS}
            await responding.update(self._interaction, parts)

    async def whisper(self, text: str) -> None:
        """Send a message that only the person who pressed sees."""
        embeds.check(text)
        async with self._turn:
            await responding.whisper(self._interaction, text)

    async def retire(self, text: str) -> None:
        """Remove the buttons and tell the person who pressed why."""
        async with self._turn:
            await responding.update(self._interaction, {"view": None})
        await self.whisper(text)

    async def _defer_when_late(self) -> None:
        await self._sleep(DEFER_AFTER_S)
        async with self._turn:
            if self._interaction.response.is_done():
                return
            try:
                await defer(self._interaction)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                # Another process was quicker, or the interaction expired; the answer itself will show it.
                logger.info("press.defer_failed error=%s", type(error).__name__)
