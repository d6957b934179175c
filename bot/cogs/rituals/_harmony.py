"""What `harmony` does: whether one may be held now, and its four phases."""

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
    """This server has held one a moment ago."""


def is_needed(harmony: float) -> bool:
    """Whether there is anything to raise."""
    return harmony < HARMONY_GOAL


def check_rest(last: RitualRecord | None, now: datetime) -> None:
    """Nothing, when the last one here is long enough ago.

    Raises:
        TooSoon: it is not; the text says when the next may be held.
    """
    again = None if last is None or last.ended_at is None else next_at(last.ended_at, now, REST)
    if again is not None:
        raise TooSoon(f"This server held one less than 10 minutes ago. The next may be held <t:{again}:R>.")


def phase_begun(step: int) -> str:
    """The phase that begins with the end of a step; empty where none does."""
    phase, within = divmod(step, _PHASE_STEPS)
    return PHASES[phase] if within == 0 and phase < len(PHASES) else ""
