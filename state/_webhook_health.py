"""What the check "webhooks" says of the queues and of where events go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.health import Reading

_FULL: Final = 0.8
_NAMED: Final = 3


def read_queues(waiting_in: int, waiting_out: int, *, full: int, off: Sequence[str]) -> Reading:
    """It warns before the inbox refuses, and while a destination is switched off.

    Args:
        waiting_in: handlings that are not over.
        waiting_out: deliveries that are not.
        full: with so many handlings, no more events are taken.
        off: the destinations that are switched off.
    """
    load = min(1.0, waiting_in / full)
    counters = {"inbox_waiting": waiting_in, "outbox_waiting": waiting_out, "switched_off": len(off)}
    if load > _FULL:
        return Reading(
            status="warn",
            reason="more comes in than is handled; new events will be refused",
            action="See `webhooks in` for what fails, and `breakers`.",
            load=load,
            counters=counters,
        )
    if off:
        names = ", ".join(off[:_NAMED]) + (" and more" if len(off) > _NAMED else "")
        return Reading(
            status="warn",
            reason=f"switched off, since nothing arrived there: {names}",
            action="Mend the other side, then `breakers reset` each, or `replay failed`.",
            load=load,
            counters=counters,
        )
    return Reading(load=load, counters=counters)
