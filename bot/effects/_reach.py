"""Whether a duty can be done in its channel: said once when it cannot, and tried again later."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import discord

from bot.replies import discord_codes, errors
from core.health.threshold import warns_when

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.parts.duties import Duty

logger = logging.getLogger(__name__)

THRESHOLDS: Final = (
    warns_when("the channel", "gone, or closed to Helix"),
    warns_when("a post", "refused, or late by 5 minutes"),
)
_AGAIN_AFTER_S: Final = 300.0
# So long a failure is taken for one that passes.
_LATE_S: Final = 300.0
_ACTION: Final = "Let the bot view it, send messages, embed links and attach files, or choose another one."


class Reach:
    """The channel of one duty, as it is tried; what was found stands in the check `<duty>-channel`."""

    def __init__(self, bot: HelixBot, duty: Duty) -> None:
        self._bot = bot
        self._duty: Duty = duty
        self._check = f"{duty}-channel"
        bot.kernel.health.set_thresholds(self._check, *THRESHOLDS)
        self._refused: int | None = None
        self._refused_at = 0.0
        self._failing_since: float | None = None

    def channel_id(self) -> int | None:
        """The channel to write to now; None where there is none, or it refused a few minutes ago."""
        channel_id = self._bot.duties.channel_id(self._duty)
        rests = self._bot.kernel.clock.monotonic() - self._refused_at < _AGAIN_AFTER_S
        return None if channel_id == self._refused and rests else channel_id

    def refused(self, channel_id: int, error: discord.HTTPException) -> None:
        """The channel is gone or closed: rest for some minutes; the log and the check say so once."""
        news = self._refused != channel_id
        self._refused, self._refused_at = channel_id, self._bot.kernel.clock.monotonic()
        if not news:
            return
        logger.warning("%s.unreachable channel=%d error=%s", self._duty, channel_id, errors.in_short(error))
        gone = error.code == discord_codes.UNKNOWN_CHANNEL
        self._warn(
            f"the {self._duty} channel {'is gone' if gone else 'cannot be written to'}",
            f"{discord_codes.in_words(error)} {_ACTION}",
        )

    def delayed(self, error: Exception) -> None:
        """Discord does not take it now; where that lasts, the check says so."""
        logger.warning("%s.delayed error=%s", self._duty, errors.in_short(error))
        now = self._bot.kernel.clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= _LATE_S:
            self._warn(f"the {self._duty} channel has taken nothing for minutes", _why(error))

    def blocked(self, error: discord.HTTPException) -> None:
        """Discord takes this one post neither now nor later; what comes next may be taken."""
        logger.warning("%s.blocked error=%s", self._duty, errors.in_short(error))
        self._warn(f"Discord has refused a post in the {self._duty} channel", _why(error))

    def worked(self, note: str = "") -> None:
        """It was written to; `note` is what the check has to say of it."""
        self._refused = self._failing_since = None
        before = self._bot.kernel.health.get(self._check)
        if note or (before is not None and before.status != "pass"):
            self._bot.kernel.health.report(self._check, "pass", note)

    def caught_up(self) -> None:
        """Nothing is late any more, though nothing may have been written."""
        if self._failing_since is not None and self._refused is None:
            self.worked()
        self._failing_since = None

    def chosen_anew(self) -> None:
        """Somebody chose the channel, so it is tried at once."""
        if self._refused is not None:
            self.worked("the channel was chosen anew")

    def _warn(self, reason: str, action: str) -> None:
        self._bot.kernel.health.report(self._check, "warn", reason, action=action)


def _why(error: Exception) -> str:
    said = discord_codes.in_words(error) if isinstance(error, discord.HTTPException) else ""
    return f"{said} The log says more.".strip()
