"""Whether the channel of a duty can be written to: said once when it cannot, and tried again later."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from bot import errors
from core.threshold import warns_when

if TYPE_CHECKING:
    import discord

    from bot.client import HelixBot
    from bot.duties import Duty

logger = logging.getLogger(__name__)

THRESHOLDS: Final = (warns_when("the channel", "gone, or closed to Helix"),)
_AGAIN_AFTER_S: Final = 300.0
_UNKNOWN_CHANNEL: Final = 10003
REFUSALS: Final = frozenset({403, 404})


class Reach:
    """The channel of one duty, as it is tried."""

    def __init__(self, bot: HelixBot, duty: Duty) -> None:
        self._bot = bot
        self._duty: Duty = duty
        bot.kernel.health.hold_against(f"{duty}-channel", *THRESHOLDS)
        self._refused: int | None = None
        self._refused_at = 0.0

    def channel_id(self) -> int | None:
        """The channel to write to now; None where there is none, or it refused a few minutes ago."""
        channel_id = self._bot.duties.channel_id(self._duty)
        rests = self._bot.kernel.clock.monotonic() - self._refused_at < _AGAIN_AFTER_S
        return None if channel_id == self._refused and rests else channel_id

    def refused(self, channel_id: int, error: discord.HTTPException) -> None:
        """Rest for some minutes; the log and `/health` say so where it is news."""
        news = self._refused != channel_id
        self._refused, self._refused_at = channel_id, self._bot.kernel.clock.monotonic()
        if not news:
            return
        logger.warning("%s.unreachable channel=%d error=%s", self._duty, channel_id, errors.in_short(error))
        gone = error.code == _UNKNOWN_CHANNEL
        self._bot.kernel.health.report(
            f"{self._duty}-channel",
            "warn",
            f"the {self._duty} channel {'is gone' if gone else 'cannot be written to'}",
            action="Let the bot view it, send messages, embed links and attach files, or choose another one.",
        )

    def worked(self) -> None:
        """It can be written to."""
        if self._refused is not None:
            self._refused = None
            self._bot.kernel.health.report(f"{self._duty}-channel", "pass")
