"""The access log: one record for each request that ACCESS_LOG asks for."""

from __future__ import annotations

import logging
from typing import Final, Literal, final

from core.clock import Clock
from core.logs import EACH

access = logging.getLogger("web.access")

# What says that a client was turned away, rather than that it asked for something that is not there.
_REFUSED: Final = frozenset({401, 403, 408, 413, 414, 429, 431})
_KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


# Of failures and refusals, no more are logged in a minute: whoever is refused may come as fast as it likes.
MOST_PER_MINUTE: Final = 300


@final
class AccessLog:
    """Says who asked for what, by route template, and how it went.

    Args:
        which: the setting ACCESS_LOG.
        clock: what minutes are counted by.

    Attributes:
        wants_all: whether every request is logged, so that none may be answered past this log.
    """

    def __init__(self, which: Literal["off", "errors", "all"], clock: Clock) -> None:
        self._which = which
        self._clock = clock
        self._minute_ends_s = 0.0
        self._in_minute = 0
        self.wants_all = which == "all"

    def wants(self, status: int) -> bool:
        """Whether a request that was answered with `status` is logged."""
        return self.wants_all or (self._which == "errors" and (status >= 500 or status in _REFUSED))

    def record(
        self, *, method: str, route: str, status: int, seconds: float, sent_bytes: int | None, client: str
    ) -> None:
        """Log one request, if it is wanted; as fields of their own where LOG_FORMAT is json."""
        if not self.wants(status) or not self._has_room():
            return
        fields = {
            "method": method if method in _KNOWN_METHODS else "other",
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
        """Whether this minute has room for one more; says afterwards how many there was none for."""
        if self.wants_all:
            return True
        now_s = self._clock.monotonic()
        if now_s >= self._minute_ends_s:
            if self._in_minute > MOST_PER_MINUTE:
                access.warning("http.requests_not_logged count=%d", self._in_minute - MOST_PER_MINUTE)
            self._minute_ends_s, self._in_minute = now_s + 60.0, 0
        self._in_minute += 1
        return self._in_minute <= MOST_PER_MINUTE
