"""Whether the bot can write to the channel of a duty: report a failure once, retry later."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import aiohttp
import discord

from bot.replies import discord_codes, errors
from core.health.threshold import warns_when
from core.store import LEADER

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.parts.duties import Duty

logger = logging.getLogger(__name__)

THRESHOLDS: Final = (
    warns_when("the channel", "gone, or closed to Helix"),
    warns_when("a post", "refused, or late by 5 minutes"),
)
# Discord or the network does not accept something now; it is tried again.
DELAYS: Final = (discord.HTTPException, aiohttp.ClientError, OSError)
_AGAIN_AFTER_S: Final = 300.0
# A failure counts as temporary for this long.
_LATE_S: Final = 300.0
_ACTION: Final = (
    "Let the bot view the channel, send messages, embed links and attach files, or choose another channel."
)


class Reach:
    """The channel of one duty; the check `<duty>-channel` shows its state.

    Attributes:
        wake: set it when there may be something to do.
    """

    def __init__(self, bot: HelixBot, duty: Duty) -> None:
        self._bot = bot
        self._duty: Duty = duty
        self._check = f"{duty}-channel"
        bot.kernel.health.set_thresholds(self._check, *THRESHOLDS)
        self._refused: int | None = None
        self._refused_at = 0.0
        self._failing_since: float | None = None
        self.wake = asyncio.Event()

    def keep_up(self, loop: str, work: Callable[[], Awaitable[float]], *, retry_s: float) -> None:
        """Hand a loop to the supervisor that runs `work` at each change, and after the seconds it returns.

        Of several processes that share the store, one does it.

        Args:
            loop: the loop's name.
            work: does what is due; returns how long to wait for a change, in seconds.
            retry_s: how long to wait after Discord or the network failed.
        """
        self._bot.duties.on_change(self._duty_changed)
        self._bot.kernel.supervisor.add(loop, partial(self._run, work, retry_s), lease=LEADER)

    def channel_id(self) -> int | None:
        """The channel to write to now; None if there is none, or it refused a few minutes ago."""
        channel_id = self._bot.duties.channel_id(self._duty)
        rests = self._bot.kernel.clock.monotonic() - self._refused_at < _AGAIN_AFTER_S
        return None if channel_id == self._refused and rests else channel_id

    def refused(self, channel_id: int, error: discord.HTTPException) -> None:
        """Record a deleted or forbidden channel: pause for some minutes, report it once."""
        news = self._refused != channel_id
        self._refused, self._refused_at = channel_id, self._bot.kernel.clock.monotonic()
        if not news:
            return
        logger.warning("%s.unreachable channel=%d error=%s", self._duty, channel_id, errors.in_short(error))
        gone = error.code == discord_codes.UNKNOWN_CHANNEL
        self._warn(
            f"the {self._duty} channel {'no longer exists' if gone else 'cannot be written to'}",
            f"{discord_codes.in_words(error)} {_ACTION}",
        )

    def delayed(self, error: Exception) -> None:
        """Record a temporary failure; if it lasts, the check warns."""
        logger.warning("%s.delayed error=%s", self._duty, errors.in_short(error))
        now = self._bot.kernel.clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= _LATE_S:
            self._warn(f"posts to the {self._duty} channel have failed for minutes", _why(error))

    def blocked(self, error: discord.HTTPException) -> None:
        """Record that Discord permanently refused one post; later posts may succeed."""
        logger.warning("%s.blocked error=%s", self._duty, errors.in_short(error))
        self._warn(f"Discord refused a post in the {self._duty} channel", _why(error))

    def worked(self, note: str = "") -> None:
        """Record a successful post; `note` goes into the check."""
        self._refused = self._failing_since = None
        before = self._bot.kernel.health.get(self._check)
        if note or (before is not None and before.status != "pass"):
            self._bot.kernel.health.report(self._check, "pass", note)

    def caught_up(self) -> None:
        """Record that nothing is late any more."""
        if self._failing_since is not None and self._refused is None:
            self.worked()
        self._failing_since = None

    def chosen_anew(self) -> None:
        """Record that the channel was chosen again, so it is tried at once."""
        if self._refused is not None:
            self.worked("the channel was chosen again")

    def _duty_changed(self, duty: Duty) -> None:
        if duty == self._duty:
            self.chosen_anew()
            self.wake.set()

    async def _run(self, work: Callable[[], Awaitable[float]], retry_s: float) -> None:
        await self._bot.gateway.ready.wait()
        while True:
            self.wake.clear()
            try:
                wait_s = await work()
            except DELAYS as error:
                self.delayed(error)
                wait_s = retry_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self.wake.wait()

    def _warn(self, reason: str, action: str) -> None:
        self._bot.kernel.health.report(self._check, "warn", reason, action=action)


def _why(error: Exception) -> str:
    said = discord_codes.in_words(error) if isinstance(error, discord.HTTPException) else ""
    return f"{said} See the log for details.".strip()
