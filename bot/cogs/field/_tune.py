"""`tune`: set or shift one value of the newest state."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.cogs.field._arguments import Shift, WrongInput
from core.text.numbers import plain
from state.change import Actor, Change
from state.manager import StateManager
from state.models import METRICS, Snapshot

# More digits would show floating-point errors.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Tuned:
    """A value before and after; equal if nothing changed."""

    metric: str
    before: float
    after: float

    @property
    def changed(self) -> bool:
        """Whether the value changed."""
        return self.before != self.after


def target_of(metric: str, shift: Shift, before: float) -> float:
    """The value after applying `shift` to `before`; sums are rounded, set values are not.

    Raises:
        WrongInput: the result is outside the metric's range; the message names the range.
    """
    # Adding 0.0 turns -0.0 into 0.0.
    after = round(before + shift.amount, _DIGITS) + 0.0 if shift.relative else shift.amount
    spec = METRICS[metric]
    if not spec.low <= after <= spec.high:
        sign = "+" if shift.amount >= 0 else "-"
        shown = f"{plain(before, 4)} {sign} {plain(abs(shift.amount), 4)} would be {plain(after, 4)}"
        why = shown if shift.relative else f"{plain(after, 4)} is outside"
        raise WrongInput(
            f"{metric} goes from {plain(spec.low)} to {plain(spec.high)}, and {why}. Nothing was changed."
        )
    return after


async def tune(manager: StateManager, metric: str, shift: Shift, actor: Actor, reason: str | None) -> Tuned:
    """Set or shift one value and journal it; an equal value changes nothing.

    Raises:
        WrongInput: the value would be out of range.
    """
    found: list[Tuned] = []

    def change(old: Snapshot) -> Change:
        before: float = getattr(old.ucf, metric)
        after = target_of(metric, shift, before)
        found[:] = [Tuned(metric, before, after)]
        if after == before:
            return Change()
        return Change(
            ucf=msgspec.structs.replace(old.ucf, **{metric: after}),
            journal=(actor.row("ucf", metric, reason=reason, before=before, after=after),),
            source="tune",
        )

    await manager.change(change)
    return found[0]
