"""Stores which messages show running work, so that after a crash they are corrected."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from core.store.errors import StoreError

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot

logger = logging.getLogger(__name__)


class Unfinished(NamedTuple):
    """A message of an earlier run of Helix that still shows running work, with the title of the work."""

    message_id: int
    channel_id: int
    title: str


class Trace:
    """Stores the messages that show one piece of work; the work does not wait for the store."""

    def __init__(self, bot: HelixBot, title: str) -> None:
        self._bot = bot
        self._title = title
        self._kept: dict[int, asyncio.Task[None]] = {}

    def shown_in(self, message: discord.Message) -> None:
        """Store that this message shows the work."""
        name = f"progress-trace-{message.id}"
        self._kept[message.id] = asyncio.create_task(self._keep(message), name=name)

    async def over(self) -> None:
        """Delete the records, since the messages show the end of the work."""
        for message_id, task in self._kept.items():
            await task
            await forget(self._bot, message_id)

    async def _keep(self, message: discord.Message) -> None:
        value = f"{_run(self._bot)} {message.channel.id} {self._title}"
        try:
            await self._bot.key_values.set(_scope(self._bot), str(message.id), value)
        except StoreError as error:
            # The work goes on; only a crash would leave the message uncorrected.
            logger.info("progress.not_remembered error=%s", error)


async def forget(bot: HelixBot, message_id: int) -> None:
    """Delete the record of a message that shows the end of its work."""
    try:
        await bot.key_values.delete(_scope(bot), str(message_id))
    except StoreError as error:
        logger.info("progress.not_forgotten error=%s", error)


async def left(bot: HelixBot) -> tuple[Unfinished, ...]:
    """The messages that earlier runs of Helix left showing running work."""
    found = []
    for message, kept in (await bot.key_values.items(_scope(bot))).items():
        run, channel, title = kept.split(" ", 2)
        if run != _run(bot):
            found.append(Unfinished(int(message), int(channel), title))
    return tuple(found)


def _run(bot: HelixBot) -> str:
    return f"{bot.kernel.started_at.timestamp():.6f}"


def _scope(bot: HelixBot) -> str:
    return f"{bot.remember_scope}#progress"
