"""Limits of harmony rituals, and of rituals outside the home server, where every member may begin one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.access import Caller
from core.text.discord_markdown import MarkdownError
from state.rituals.records import RitualRecord

PLACE: Final = "away"
MOST_STEPS: Final = 108
REST: Final = timedelta(minutes=10)


class NotAway(MarkdownError):
    """The ritual is too long for this place, or the person must wait."""


class TooSoon(MarkdownError):
    """This server ran a harmony ritual less than 10 minutes ago."""


def is_away(caller: Caller) -> bool:
    """Whether the limits apply: outside the home server, except to owners."""
    return not caller.at_home and not caller.is_owner


def check_away(steps: int, last: RitualRecord | None, now: datetime) -> None:
    """Check a new ritual against the limits and the person's last ritual.

    Raises:
        NotAway: too many steps, or the last ritual began less than 10 minutes ago.
    """
    if steps > MOST_STEPS:
        raise NotAway(
            f"Outside this bot's home server a ritual may have at most {MOST_STEPS} steps. Choose fewer."
        )
    again = None if last is None else _next_at(last.started_at, now)
    if again is not None:
        raise NotAway(
            "Outside this bot's home server each person may begin one ritual every 10 minutes."
            f" You can begin the next one <t:{again}:R>."
        )


def check_rest(last: RitualRecord | None, now: datetime) -> None:
    """Raise if this server's last harmony ritual is too recent.

    Raises:
        TooSoon: the message says when the next may begin.
    """
    again = None if last is None or last.ended_at is None else _next_at(last.ended_at, now)
    if again is not None:
        raise TooSoon(f"This server ran a harmony ritual less than 10 minutes ago. Try again <t:{again}:R>.")


def _next_at(last: datetime, now: datetime) -> int | None:
    """When the next ritual may begin, in Unix seconds; None if now.

    A `last` in the future comes from a clock that was ahead and is ignored.
    """
    if not timedelta() <= now - last < REST:
        return None
    return int((last + REST).timestamp()) + 1
