"""What a ritual may be outside the home server, where whoever writes to the bot may begin one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.access import Caller
from bot.cogs.rituals._rest import next_at
from core.text.discord_markdown import MarkdownError
from state.rituals.records import RitualRecord

PLACE: Final = "away"
MOST_STEPS: Final = 108
REST: Final = timedelta(minutes=10)


class NotAway(MarkdownError):
    """A ritual that may be begun in the home server only, or not yet."""


def is_away(caller: Caller) -> bool:
    """Whether the bounds apply: outside the home server, to everyone but owners."""
    return not caller.at_home and not caller.is_owner


def check(steps: int, last: RitualRecord | None, now: datetime) -> None:
    """Check a ritual that is to begin away from home against the person's last one there.

    Raises:
        NotAway: it has too many steps, or the last one began less than 10 minutes ago.
    """
    if steps > MOST_STEPS:
        raise NotAway(
            f"Outside the home server of this bot a ritual has at most {MOST_STEPS} steps. Ask for fewer."
        )
    again = None if last is None else next_at(last.started_at, now, REST)
    if again is not None:
        raise NotAway(
            "Outside the home server of this bot each person may begin one ritual in 10 minutes."
            f" You may begin the next <t:{again}:R>."
        )
