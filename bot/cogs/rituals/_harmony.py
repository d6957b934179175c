"""`harmony`: whether a ritual may begin now, and its four phases."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cogs.rituals._rest import next_at
from core.text.discord_markdown import MarkdownError
from state.rituals.records import RitualRecord
from state.rituals.rules import HARMONY_GOAL, HARMONY_STEPS

REST = timedelta(minutes=10)

PHASES = ("🌬️ Arrive", "🪷 Neti: not this", "🪷 Neti: not that", "🌅 Rest")
_PHASE_STEPS = HARMONY_STEPS // len(PHASES)


class TooSoon(MarkdownError):
    """This server ran a harmony ritual less than 10 minutes ago."""


def is_needed(harmony: float) -> bool:
    """Whether harmony is below its goal."""
    return harmony < HARMONY_GOAL


def check_rest(last: RitualRecord | None, now: datetime) -> None:
    """Raise if this server's last harmony ritual is too recent.

    Raises:
        TooSoon: the message says when the next may begin.
    """
    again = None if last is None or last.ended_at is None else next_at(last.ended_at, now, REST)
    if again is not None:
        raise TooSoon(f"This server ran a harmony ritual less than 10 minutes ago. Try again <t:{again}:R>.")


def phase_begun(step: int) -> str:
    """The phase that begins after this step; empty if none does."""
    phase, within = divmod(step, _PHASE_STEPS)
    return PHASES[phase] if within == 0 and phase < len(PHASES) else ""
