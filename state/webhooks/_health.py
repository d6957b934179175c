"""The reading of the check "webhooks": queues and destinations."""

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
    """Warns before the inbox refuses events, about a long outbox, and about disabled destinations.

    Args:
        waiting_in: number of unfinished handlings.
        waiting_out: number of unfinished deliveries.
        full: the number of handlings from which on events are refused.
        full_share: a queue above this share of `full` is too long.
        off: the disabled destinations.
        off_warn: warns about more disabled destinations than this.
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
        reason = "events come in faster than they are handled; new ones will be refused"
        return reading.become("warn", reason, "See `/webhooks in` for failing handlers, and `/breakers`.")
    if outbox.judge(waiting_out) != "pass":
        reason = "events are sent slower than they occur"
        return reading.become("warn", reason, "See `/webhooks out` for failing deliveries, and `/breakers`.")
    if switched_off.judge(len(off)) != "pass":
        names = ", ".join(off[:_NAMED]) + (" and more" if len(off) > _NAMED else "")
        reason = f"destinations are disabled: {names}"
        action = "Repair the destination, then `/breakers reset` each, or `/replay failed`."
        return reading.become("warn", reason, action)
    return reading
