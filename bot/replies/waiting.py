"""Shows the caller that a command is running: "thinking…" by slash, typing by prefix."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
import discord

from bot.gateway.discord_internals import note_response
from bot.replies.unheard import is_unheard, repeat

logger = logging.getLogger(__name__)

# Discord drops an interaction after 3 s; the deferral needs a round trip within that time.
DEFER_AFTER_S = 1.5
TYPING_AFTER_S = 2.0
# Discord shows typing for 10 s.
_TYPING_EVERY_S = 8.0
_KEY = "helix.deferral"


class Deferral:
    """Defers a slash interaction after `DEFER_AFTER_S` without a reply.

    Attributes:
        deferred: whether Discord shows "thinking…", which the next reply replaces.
    """

    def __init__(self, interaction: discord.Interaction[Any], *, ephemeral: bool) -> None:
        self._interaction = interaction
        self.ephemeral = ephemeral
        self.deferred = False
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(DEFER_AFTER_S, self._begin)
        interaction.extras[_KEY] = self

    @staticmethod
    def of(interaction: discord.Interaction[Any]) -> Deferral | None:
        """The deferral of this interaction; None if it has none."""
        found = interaction.extras.get(_KEY)
        return found if isinstance(found, Deferral) else None

    async def settle(self) -> None:
        """Stop the timer and wait for a running deferral; call it before each reply."""
        self._timer.cancel()
        if self._task is not None:
            await asyncio.wait((self._task,))

    def cancel(self) -> None:
        """Stop the timer; a running deferral continues."""
        self._timer.cancel()

    def _begin(self) -> None:
        if not self._interaction.response.is_done():
            self._task = asyncio.create_task(self._defer(), name=f"defer-{self._interaction.id}")

    async def _defer(self) -> None:
        try:
            await defer(self._interaction, ephemeral=self.ephemeral, thinking=True)
        except (discord.HTTPException, discord.InteractionResponded, aiohttp.ClientError, OSError) as error:
            # Another process or the reply was faster; the reply shows the error.
            logger.info("slash.defer_failed error=%s", type(error).__name__)
        else:
            self.deferred = True


async def defer(interaction: discord.Interaction[Any], **how: bool) -> None:
    """Tell Discord that the answer comes later.

    Raises:
        discord.HTTPException: Discord refused it.
    """
    try:
        await interaction.response.defer(**how)
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
        if await find_response(interaction) is None:
            await interaction.response.defer(**how)


async def find_response(interaction: discord.Interaction[Any]) -> discord.InteractionMessage | None:
    """The response that Discord shows, after its confirmation was lost; None if it has none."""
    try:
        message = await repeat(interaction.original_response)
    except discord.NotFound:
        return None
    note_response(interaction)
    return message


class Typing:
    """Shows typing in a channel after `TYPING_AFTER_S`, until stopped."""

    def __init__(self, channel: discord.abc.Messageable) -> None:
        self._channel = channel
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(TYPING_AFTER_S, self._begin)

    def stop(self) -> None:
        """Stop showing typing; Discord also stops at the first reply."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._keep_typing(), name="typing")

    async def _keep_typing(self) -> None:
        try:
            while True:
                await self._channel.typing()
                await asyncio.sleep(_TYPING_EVERY_S)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.debug("typing.failed error=%s", type(error).__name__)
