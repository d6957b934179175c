"""What `tune` does: one value, changed against the newest state."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.cogs.field._input import Shift, WrongInput
from core.text.numbers import plain
from state.change import Actor, Change
from state.manager import StateManager
from state.models import METRICS, Snapshot

# Beyond so many digits a sum of decimals shows how floats are kept.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Tuned:
    """A value before and after; the same where there was nothing to change."""

    metric: str
    before: float
    after: float

    @property
    def changed(self) -> bool:
        """Whether there was something to change."""
        return self.before != self.after


def target_of(metric: str, shift: Shift, before: float) -> float:
    """The value that `shift` makes of `before`; a sum is rounded, a value that is set is taken as written.

    Raises:
        WrongInput: it is out of the metric's range, which the text names.
    """
    # Adding 0.0 makes 0.0 of -0.0, which a tiny step down from 0 is rounded to.
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
    """Sets or shifts one value, journalled with who and why; the same value again changes nothing.

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
