"""Runs the commands of a message in order; each is counted and answered."""

from __future__ import annotations

import asyncio
import copy
import logging
from typing import TYPE_CHECKING, cast

import discord

from bot import access, catalog
from bot.access import own_rights
from bot.arguments.starts import after_start
from bot.dispatch.batch import EVERY_S, MOST_COMMANDS, parse_batch
from bot.dispatch.invoking import count, invoke
from bot.offers import Offers, is_addressed
from bot.offers.once_in import OnceIn
from bot.offers.unknown import UnknownNames
from bot.replies import errors
from bot.replies.context import HelixContext
from bot.replies.replying import reply, send
from bot.replies.waiting import Typing

if TYPE_CHECKING:
    from bot.dispatch.command import HelixCommand
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

_NO_MENTIONS = discord.AllowedMentions.none()
# The bot tells a person at most once in this time that it may not write.
_PRIVATE_EVERY_S = 30.0


class PrefixRunner:
    """Runs the commands of messages."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._clock = bot.kernel.clock
        self._batches = OnceIn(EVERY_S, self._clock.monotonic)
        self._unknown = UnknownNames(self._clock.monotonic)
        self._offers = Offers(bot)
        self._told_in_private = OnceIn(_PRIVATE_EVERY_S, self._clock.monotonic)

    async def run(self, message: discord.Message) -> None:
        """Run the commands of `message` in order.

        If the bot may not write in the channel, it runs nothing, since nobody would see the result.
        """
        content, starts = message.content, self._bot.starts
        if not own_rights.may_speak(message.channel):
            await self._decline(message)
            return
        # Most messages have one command; this test is cheaper than the parser.
        if "\n" not in content and not any(content.find(start, 1) > 0 for start in starts):
            await self._run_one(message, 0)
            return
        batch = parse_batch(content, starts, _is_known)
        if not batch.is_several:
            await self._run_one(_saying(message, batch.commands[0]) if batch.commands else message, 0)
            return
        wait_s = self._batches.take(message.author.id)
        if wait_s:
            await self._tell(
                message, f"Too many batches of commands: try again in {max(1, round(wait_s))} s."
            )
            return
        for place, text in enumerate(batch.commands):
            await self._run_one(_saying(message, text), place)
        if batch.left_out:
            await self._tell(
                message, f"Only the first {MOST_COMMANDS} commands were run; {batch.left_out} were left out."
            )

    async def _run_one(self, message: discord.Message, place: int) -> None:
        began = self._clock.monotonic()
        self._bot.kernel.clock_skew.compare(message.created_at)
        ctx: HelixContext | None = None
        try:
            ctx = await self._bot.get_context(message, cls=HelixContext)
            ctx.take_place(place)
            await self._invoke(ctx)
        except asyncio.CancelledError:
            await self._say_cut_off(ctx, message)
            raise
        entry = catalog.find(ctx.invoked_with or "")
        if entry is not None:
            count(ctx, entry.name, began)
            self._bot.discord_counters.saw_command(entry.name)

    async def _invoke(self, ctx: HelixContext) -> None:
        if ctx.lookup_error is not None:
            ctx.outcome = await errors.report(ctx, ctx.lookup_error, where=ctx.invoked_with or "")
            return
        if ctx.command is None:
            await self._answer_unknown(ctx)
            return
        ctx.typing_shown = Typing(ctx.channel)
        try:
            await invoke(ctx, cast("HelixCommand", ctx.command))
        finally:
            ctx.typing_shown.stop()

    async def _answer_unknown(self, ctx: HelixContext) -> None:
        if is_addressed(self._bot, ctx.message):
            try:
                await self._offers.make(ctx)
            except errors.UNSENT as error:
                logger.info("message.untold error=%s", type(error).__name__)
        elif ctx.invoked_with:
            self._bot.command_metrics.record_unknown()
            allowed = access.visible_entries(ctx.caller)
            text = self._unknown.answer(ctx.invoked_with, ctx.author.id, allowed, self._bot.prefix)
            if text is not None:
                await self._tell(ctx.message, text, ctx)

    async def _decline(self, message: discord.Message) -> None:
        name = (after_start(message.content, self._bot.starts) or "").split(maxsplit=1)[:1]
        entry = catalog.find(name[0]) if name else None
        if entry is None or self._told_in_private.take(message.author.id):
            return
        text = (
            f"I may not write in <#{message.channel.id}>, so nothing was run there. Use `/{entry.name}`, or"
            " ask a moderator to let me write there."
        )
        try:
            parts = {"content": text, "allowed_mentions": _NO_MENTIONS}
            await send(message.author, parts, nonce=f"{message.id}-0")
        except errors.UNSENT as error:
            logger.info("message.untold error=%s", type(error).__name__)

    async def _say_cut_off(self, ctx: HelixContext | None, message: discord.Message) -> None:
        entry = catalog.find((ctx.invoked_with if ctx is not None else None) or "")
        if entry is not None:
            self._bot.command_metrics.record(entry.name, "cut off", 0.0)
        await self._tell(message, errors.CUT_OFF, ctx)

    async def _tell(self, message: discord.Message, text: str, ctx: HelixContext | None = None) -> None:
        try:
            if ctx is not None:
                await ctx.whisper(text)
                return
            parts = {"content": text, "allowed_mentions": _NO_MENTIONS}
            await reply(message, parts, nonce=f"{message.id}-0")
        except errors.UNSENT as error:
            logger.info("message.untold error=%s", type(error).__name__)


def _is_known(name: str) -> bool:
    return catalog.find(name) is not None


def _saying(message: discord.Message, text: str) -> discord.Message:
    """A copy of the message with `text` as its content."""
    one = copy.copy(message)
    one.content = text
    return one
