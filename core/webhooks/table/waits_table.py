"""After a clock that ran ahead was corrected: shortens waits to what the retry schedule allows."""

from __future__ import annotations

from typing import Final

from core.store.tx import Tx
from core.webhooks.retries import JITTER, SCHEDULE_S

# The longest pause after each number of attempts, in microseconds.
_PAUSE_US: Final = " ".join(
    f"WHEN {attempts} THEN {round(pause_s * (1 + JITTER) * 1e6)}"
    for attempts, pause_s in enumerate(SCHEDULE_S)
)
_LATEST: Final = f"?1 + CASE attempts {_PAUSE_US} ELSE 0 END"
_HANDLING: Final = (
    f"UPDATE handling SET next_us = {_LATEST} "  # noqa: S608 - our own numbers
    f"WHERE status IN ('accepted', 'failed') AND next_us > {_LATEST}"
)
# A receiver's Retry-After may exceed the schedule, so a delivery keeps the pause that it had: its due time
# minus the time of its last attempt.
_LAST: Final = "(SELECT at_us FROM attempts WHERE delivery = deliveries.id ORDER BY number DESC LIMIT 1)"
_DELIVERIES: Final = (
    f"UPDATE deliveries SET next_us = ?1 + CASE attempts WHEN 0 THEN 0 ELSE next_us - {_LAST} END "  # noqa: S608 - the parts above
    f"WHERE status = 'waiting' AND next_us > ?1 AND (attempts = 0 OR {_LAST} > ?1)"
)
_ATTEMPTS: Final = (
    "UPDATE attempts SET at_us = ?1 WHERE at_us > ?1 "
    "AND delivery IN (SELECT id FROM deliveries WHERE status = 'waiting')"
)
_FAILING: Final = "UPDATE destination_state SET failing_since_us = ?1 WHERE failing_since_us > ?1"


def shorten_waits(tx: Tx, now_us: int) -> int:
    """Shortens the waits that a clock that ran ahead made too long; returns how many.

    A handler waits at most the schedule's longest pause from now. A delivery keeps the pause that it had.
    """
    changed = sum(tx.execute(each, (now_us,)).rowcount for each in (_HANDLING, _DELIVERIES))
    if changed:
        # Timestamps in the future are set to now, or the next start would shorten the waits again.
        for timestamps in (_ATTEMPTS, _FAILING):
            tx.execute(timestamps, (now_us,))
    return changed
