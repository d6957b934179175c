"""What the check "webhooks" says of the queues and of where events go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.health import Reading
from core.health.threshold import Threshold

_NAMED: Final = 3
_SETTINGS: Final = ("QUEUE_WARN_PERCENT",)


def read_queues(
    waiting_in: int, waiting_out: int, *, full: int, full_share: float, off: Sequence[str], off_warn: int = 0
) -> Reading:
    """It warns before the inbox refuses, of an outbox as long, and of destinations that are switched off.

    Args:
        waiting_in: handlings that are not over.
        waiting_out: deliveries that are not.
        full: with so many handlings, no more events are taken.
        full_share: from this share of `full` on, a queue is too long.
        off: the destinations that are switched off.
        off_warn: with more of them than this, it warns.
    """
    warn = int(full_share * full)
    inbox = Threshold("inbox_waiting", "above", warn, None, _SETTINGS)
    outbox = Threshold("outbox_waiting", "above", warn, None, _SETTINGS)
    switched_off = Threshold("switched_off", "above", off_warn, None, ("DESTINATIONS_OFF_WARN",))
    reading = Reading(
        load=min(1.0, waiting_in / full),
        counters={"inbox_waiting": waiting_in, "outbox_waiting": waiting_out, "switched_off": len(off)},
        thresholds=(inbox, outbox, switched_off),
    )
    if inbox.judge(waiting_in) != "pass":
        reason = "more comes in than is handled; new events will be refused"
        return reading.become("warn", reason, "See `/webhooks in` for what fails, and `/breakers`.")
    if outbox.judge(waiting_out) != "pass":
        reason = "more is to be sent than arrives"
        return reading.become("warn", reason, "See `/webhooks out` for what fails, and `/breakers`.")
    if switched_off.judge(len(off)) != "pass":
        names = ", ".join(off[:_NAMED]) + (" and more" if len(off) > _NAMED else "")
        reason = f"switched off, since nothing arrived there: {names}"
        action = "Mend the other side, then `/breakers reset` each, or `/replay failed`."
        return reading.become("warn", reason, action)
    return reading
