"""When something that failed is tried again."""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

# From one attempt to the next, in seconds (docs/webhooks.md): ten attempts over about 75 hours.
SCHEDULE_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Up to this share is added, so that what failed together does not come back together.
JITTER: Final = 0.1
# What a receiver may ask for with Retry-After, at most.
_LONGEST_S: Final = 86_400.0


def next_attempt(
    attempts: int,
    now: datetime,
    *,
    retry_after_s: float | None = None,
    jitter: Callable[[], float] = random.random,
) -> datetime | None:
    """When the attempt after the first `attempts` is due; None when there is none left.

    Args:
        attempts: how many were made, 1 or more.
        now: the end of the last of them.
        retry_after_s: what the receiver asked for; honoured where it is longer than the schedule.
        jitter: gives 0 to 1.
    """
    if attempts >= len(SCHEDULE_S):
        return None
    pause_s = SCHEDULE_S[attempts] * (1 + JITTER * jitter())
    if retry_after_s is not None:
        pause_s = max(pause_s, min(retry_after_s, _LONGEST_S))
    return now + timedelta(seconds=pause_s)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3); None where it says nothing."""
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
