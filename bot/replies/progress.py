"""A message that shows the progress of long work."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiohttp
import discord

from bot.replies import awaited, buttons, discord_codes, errors, lasting
from bot.replies.progress_messages import Trace
from bot.replies.replying import reopened, send
from bot.replies.unheard import repeat
from bot.replies.waiting import defer
from bot.text import embeds
from core.errors import HelixError

if TYPE_CHECKING:
    from bot.replies.context import HelixContext

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Discord allows five edits of one channel's messages in five seconds; others edit there as well.
EDIT_EVERY_S = 1.5
NOTES_SHOWN = 8


class Stopped(HelixError):
    """The caller pressed "Stop"; the parts done before stay done."""


class Progress:
    """A progress bar in one message, used as an async context manager around the work.

    `advance` only records the progress. A task beside the work edits the message at most every `EDIT_EVERY_S`
    seconds, so the work never waits for Discord. When the interaction's 15 minutes end, or Discord refuses
    more edits, a new message continues (in the channel, or for an ephemeral reply in a direct message). A
    message that somebody deletes is not sent again.

    Args:
        ctx: the call that it answers.
        title: the name of the work.
        total: the number of parts.
        stoppable: whether the caller gets a "Stop" button that cancels the work of `run`.
        card: draws an embed to show instead of the bar; called for each edit.
        below: the buttons below the bar, unless it is `stoppable`.
        on_message: called with the message, and with each message that replaces it.
        sleep: waits between two edits.
    """

    def __init__(
        self,
        ctx: HelixContext,
        title: str,
        *,
        total: int,
        stoppable: bool = False,
        card: Callable[[], discord.Embed] | None = None,
        below: discord.ui.View | None = None,
        on_message: Callable[[discord.Message], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ctx = ctx
        self._title = title
        self._total = max(total, 1)
        self._draw = card
        self._below = below
        self._on_message = on_message
        self._sleep = sleep
        self._done = 0
        self._notes: list[str] = []
        # The embed that the message shows; the same one again needs no edit.
        self._shown: dict[str, Any] = {}
        self._changed = asyncio.Event()
        # One edit at a time; the end waits for a running edit.
        self._turn = asyncio.Lock()
        self._message: discord.Message | None = None
        self._trace = Trace(ctx.bot, title)
        self._moved = False
        self._finished = False
        self._pump: asyncio.Task[None] | None = None
        self._stop_id = (
            awaited.custom_id("progress", "stop", ctx.author.id, secrets.token_urlsafe(9))
            if stoppable
            else None
        )

    async def __aenter__(self) -> Self:
        card = self._card()
        self._message = await self._ctx.say(embed=card, view=self._view())
        self._shown = dict(card.to_dict())
        await self._told_of(self._message)
        self._pump = asyncio.create_task(self._keep_showing(), name=f"progress-{self._message.id}")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._end_pump()
        if kind is None or self._finished or await self._say_unfinished():
            await self._trace.over()

    def advance(self, done: int, note: str = "") -> None:
        """Record that `done` parts are done; `note` is one line about the last of them."""
        self._done = max(0, min(done, self._total))
        if note:
            self._notes.append(note)
        self._changed.set()

    def redraw(self) -> None:
        """Edit the message soon, since the result of `card` has changed."""
        self._changed.set()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs `work` and returns its result; "Stop" cancels it.

        Raises:
            Stopped: the caller pressed "Stop"; `work` has ended.
        """
        task = asyncio.create_task(work, name=f"work-{self._title}")
        waiting = (
            awaited.next_press(self._ctx.bot, (self._stop_id,), self._ctx.author.id, timeout_s=None)
            if self._stop_id is not None
            else None
        )
        both = {task} if waiting is None else {task, waiting}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(*both)
        if waiting is not None and not waiting.cancelled():
            await defer(waiting.result())
            if task.cancelled():
                raise Stopped(f"{self._title}: stopped at {self._done} of {self._total}.")
        return task.result()

    async def finish(
        self,
        embed: discord.Embed,
        *,
        view: discord.ui.View | None = None,
        files: Sequence[discord.File] = (),
    ) -> None:
        """Show the result instead of the bar; there are no later edits."""
        embeds.check(None, [embed], view=view)
        await self._end_pump()
        self._finished = True
        await self._show(embed, view, files)

    def _card(self) -> discord.Embed:
        if self._draw is not None:
            return self._draw()
        share = f"{embeds.bar(self._done, 0, self._total, width=12)} {self._done} of {self._total}"
        return embeds.card(self._title, (share, *self._notes[-NOTES_SHOWN:]))

    def _view(self) -> discord.ui.View | None:
        if self._stop_id is None:
            return self._below
        stop: discord.ui.Button[Any] = discord.ui.Button(label="Stop", custom_id=self._stop_id)
        return buttons.view_of(buttons.ComponentItem(stop))

    async def _say_unfinished(self) -> bool:
        """Show that the work ended early; returns whether Discord accepted that."""
        card = (
            self._draw()
            if self._draw is not None
            else embeds.card(
                self._title,
                (f"Ended early, at {self._done} of {self._total}.", *self._notes[-NOTES_SHOWN:]),
                status="warn",
            )
        )
        try:
            await self._show(card, None)
        except (discord.DiscordException, aiohttp.ClientError) as error:
            logger.info("progress.untold error=%s", type(error).__name__)
            return False
        return True

    async def _told_of(self, message: discord.Message) -> None:
        """Report the message to `on_message`; a plain bar is also stored, to be corrected after a crash."""
        if self._on_message is not None:
            await self._on_message(message)
        if self._draw is None:
            self._trace.shown_in(message)

    async def _keep_showing(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            card = self._card()
            looks = dict(card.to_dict())
            if looks == self._shown:
                continue
            try:
                async with self._turn:
                    await self._show(card, self._view())
                self._shown = looks
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                # The next edit or the result may still arrive.
                logger.warning("progress.edit_failed error=%s", errors.in_short(error))
            await self._sleep(EDIT_EVERY_S)

    async def _end_pump(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None:
            async with self._turn:
                pump.cancel()
            await asyncio.wait((pump,))

    async def _show(
        self, embed: discord.Embed, view: discord.ui.View | None, files: Sequence[discord.File] = ()
    ) -> None:
        message = self._message
        if message is None:
            return
        embed = self._ctx.fitted(embed)
        if not self._moved and self._ctx.interaction is not None and self._ctx.interaction.is_expired():
            await self._move(embed, view, files)
            return
        none = discord.AllowedMentions.none()

        def edit() -> Awaitable[discord.Message]:
            parts: dict[str, Any] = {"attachments": [reopened(file) for file in files]} if files else {}
            return message.edit(embed=embed, view=view, allowed_mentions=none, **parts)

        try:
            await repeat(edit)
        except discord.HTTPException as error:
            if error.code in discord_codes.INTERACTION_OVER and not self._moved:
                await self._move(embed, view, files)
            elif lasting.refuses_edits(error):
                self._message = await lasting.replace(message, embed=embed, view=view, files=files)
                await self._told_of(self._message)
            elif error.code == discord_codes.UNKNOWN_MESSAGE:
                self._message = None
            else:
                raise

    async def _move(
        self, embed: discord.Embed, view: discord.ui.View | None, files: Sequence[discord.File] = ()
    ) -> None:
        target = self._ctx.author if self._ctx.entry.ephemeral else self._ctx.channel
        self._moved = True
        parts: dict[str, Any] = {"embed": embed, "allowed_mentions": discord.AllowedMentions.none()}
        if view is not None:
            parts["view"] = view
        if files:
            # A refused edit may have used the files up.
            parts["files"] = [reopened(file) for file in files]
        self._message = await send(target, parts, nonce=self._ctx.next_nonce())
        await self._told_of(self._message)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
