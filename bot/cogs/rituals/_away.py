"""Limits for rituals outside the home server, where every member may begin one."""

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
    """The ritual is too long for this place, or the person must wait."""


def is_away(caller: Caller) -> bool:
    """Whether the limits apply: outside the home server, except to owners."""
    return not caller.at_home and not caller.is_owner


def check(steps: int, last: RitualRecord | None, now: datetime) -> None:
    """Check a new ritual against the limits and the person's last ritual.

    Raises:
        NotAway: too many steps, or the last ritual began less than 10 minutes ago.
    """
    if steps > MOST_STEPS:
        raise NotAway(
            f"Outside this bot's home server a ritual may have at most {MOST_STEPS} steps. Choose fewer."
        )
    again = None if last is None else next_at(last.started_at, now, REST)
    if again is not None:
        raise NotAway(
            "Outside this bot's home server each person may begin one ritual every 10 minutes."
            f" You can begin the next one <t:{again}:R>."
        )
