"""The access log: one record for each request that ACCESS_LOG asks for."""

from __future__ import annotations

import logging
from typing import Final, Literal, final

from core.clock import Clock
from core.logs import EACH
from web.traffic import KNOWN_METHODS

access = logging.getLogger("web.access")

# Statuses of refused clients, as opposed to requests for things that do not exist.
_REFUSED: Final = frozenset({401, 403, 408, 413, 414, 429, 431})
# The most failures and refusals logged in a minute; a refused client may send many requests.
MOST_PER_MINUTE: Final = 300


@final
class AccessLog:
    """Logs requests: client, route template, status, duration, bytes.

    Args:
        which: the setting ACCESS_LOG.
        clock: measures minutes.

    Attributes:
        wants_all: whether every request is logged, so that the fast path must be off.
    """

    def __init__(self, which: Literal["off", "errors", "all"], clock: Clock) -> None:
        self._which = which
        self._clock = clock
        self._minute_ends_s = 0.0
        self._in_minute = 0
        self.wants_all = which == "all"

    def wants(self, status: int) -> bool:
        """Whether requests with this response status are logged."""
        return self.wants_all or (self._which == "errors" and (status >= 500 or status in _REFUSED))

    def record(
        self, *, method: str, route: str, status: int, seconds: float, sent_bytes: int | None, client: str
    ) -> None:
        """Log a request if its status is wanted; as separate fields if LOG_FORMAT is json."""
        if not self.wants(status) or not self._has_room():
            return
        fields = {
            "method": method if method in KNOWN_METHODS else "other",
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 3),
            "bytes": sent_bytes or 0,
            "client": client,
        }
        said = " ".join(f"{name}={value}" for name, value in fields.items())
        level = logging.WARNING if status >= 500 else logging.INFO
        access.log(level, "http.request %s", said, extra={"fields": fields, **EACH})

    def _has_room(self) -> bool:
        """Whether this minute's limit allows another line; logs how many the last minute skipped."""
        if self.wants_all:
            return True
        now_s = self._clock.monotonic()
        if now_s >= self._minute_ends_s:
            if self._in_minute > MOST_PER_MINUTE:
                access.warning("http.requests_not_logged count=%d", self._in_minute - MOST_PER_MINUTE)
            self._minute_ends_s, self._in_minute = now_s + 60.0, 0
        self._in_minute += 1
        return self._in_minute <= MOST_PER_MINUTE
