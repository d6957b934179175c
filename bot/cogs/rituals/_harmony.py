"""The four phases of a harmony ritual."""

from __future__ import annotations

from state.rituals.rules import HARMONY_STEPS

PHASES = ("🌬️ Arrive", "🪷 Neti: not this", "🪷 Neti: not that", "🌅 Rest")
_PHASE_STEPS = HARMONY_STEPS // len(PHASES)


def phase_begun(step: int) -> str:
    """The phase that begins after this step; empty if none does."""
    phase, within = divmod(step, _PHASE_STEPS)
    return PHASES[phase] if within == 0 and phase < len(PHASES) else ""
