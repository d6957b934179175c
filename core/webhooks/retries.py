"""When a failed attempt is retried."""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

# Pauses between attempts in seconds (docs/webhooks.md): ten attempts over about 75 hours.
SCHEDULE_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Up to this share is added to a pause, so that attempts that failed together are not retried together.
JITTER: Final = 0.1
# Upper limit for a receiver's Retry-After.
_LONGEST_S: Final = 86_400.0


def next_attempt(
    attempts: int,
    now: datetime,
    *,
    retry_after_s: float | None = None,
    jitter: Callable[[], float] = random.random,
) -> datetime | None:
    """When the next attempt is due; None if there is none left.

    Args:
        attempts: number of attempts made so far, 1 or more.
        now: the end of the last attempt.
        retry_after_s: what the receiver asked for; used if it is longer than the schedule's pause.
        jitter: returns 0 to 1.
    """
    if attempts >= len(SCHEDULE_S):
        return None
    pause_s = SCHEDULE_S[attempts] * (1 + JITTER * jitter())
    if retry_after_s is not None:
        pause_s = max(pause_s, min(retry_after_s, _LONGEST_S))
    return now + timedelta(seconds=pause_s)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3); None if absent or invalid."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
