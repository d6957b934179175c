"""The fast path: responses looked up by the raw bytes of a request's head.

A head that equals, byte for byte, an earlier head of a cached route has the same route, parameters, token,
encoding and conditions. So a response takes one lookup here and one in the route's cache, and its bytes are
ready to send. `web.edge.protocol` decides when a head may be answered this way.
"""

from __future__ import annotations

import math
import time
from collections.abc import Hashable
from email.utils import formatdate
from http import HTTPStatus
from typing import Final, final

from core.cache import Entry
from core.clock import Clock
from web.answers.bodies import Body
from web.answers.cached_route import X_CACHE, Build, CachedRoute, Selection
from web.answers.headers import Headers
from web.traffic import Lane, Traffic

MAX_HEADS: Final = 256
LONGEST_HEAD_BYTES: Final = 2048
# Each head keeps a copy of its response, so larger ones are not remembered.
LARGEST_ANSWER_BYTES: Final = 64 * 1024


@final
class HotAnswer:
    """A resolved request: its route, cache key and selected representation.

    Args:
        build: computes the body synchronously; None if it is asynchronous, then only cache hits are answered.

    Attributes:
        wire: the response bytes that `response` returned last.
        same_until: until then `response` would return the same bytes while `entry` is valid, because neither
            `Age` nor `Date` changes before.
        hits: counts cache hits when `wire` is reused without `response`.
        lane: the counters for the response.
    """

    __slots__ = (
        "_body", "_build", "_content", "_head", "_key", "_route", "_selection", "_traffic",
        "entry", "hits", "lane", "same_until", "wire",
    )  # fmt: skip

    # Unset until `response` has returned bytes.
    entry: Entry[Body]
    lane: Lane

    def __init__(
        self, route: CachedRoute, key: Hashable, build: Build | None, selection: Selection, traffic: Traffic
    ) -> None:
        self._route = route
        self._key = key
        self._build = build
        self._selection = selection
        self._traffic = traffic
        self._body: Body | None = None
        self._head = b""
        self._content = b""
        self.hits = route.hits
        self.wire = b""
        self.same_until = -math.inf

    def response(self, table: HotTable) -> bytes | None:
        """The response as bytes; None if the request must be handled by aiohttp.

        Raises:
            Exception: what the route's `build` raises.
        """
        route = self._route
        cached = route.peek(self._key)
        if cached is None:
            if self._build is None or not route.is_on:
                # With caching off each response is computed and costs a token of the client's budget.
                return None
            cached = route.look_up(self._key, self._build)
        body = cached.value
        if body is not self._body and (
            body.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not self._adopt(body)
        ):
            # aiohttp's path logs it, or sends a large body.
            return None
        age_s = int(cached.age_s)
        date, date_left_s = table.date()
        self.wire = b"%sAge: %d\r\nX-Cache: %s\r\nDate: %s\r\n\r\n%s" % (
            self._head,
            age_s,
            X_CACHE[cached.outcome].encode(),
            date,
            self._content,
        )
        self.same_until = -math.inf
        entry = route.entry(self._key) if cached.outcome == "hit" else None
        if entry is not None:
            self.entry = entry
            now = cached.stored_at + cached.age_s
            self.same_until = min(cached.stored_at + age_s + 1, now + date_left_s)
        return self.wire

    def _adopt(self, body: Body) -> bool:
        """Prepare the constant parts of the response for `body`; False if it is too large."""
        status, headers, content = self._selection.of(body)
        if len(content) > LARGEST_ANSWER_BYTES:
            return False
        self._content = content
        self._head = _head(status, (*headers, *self._route.policy))
        self._body = body
        self.lane = self._traffic.lane(self._route.path, self._selection.method, status)
        return True


@final
class HotTable:
    """The remembered heads, at most `MAX_HEADS`; the oldest is evicted first.

    Args:
        clock: measures suspensions.

    Attributes:
        answers: by head; read directly for speed, written only here.
    """

    def __init__(self, clock: Clock) -> None:
        self.answers: dict[bytes, HotAnswer] = {}
        self._monotonic = clock.monotonic
        self._open = True
        self._suspended_until = -math.inf
        self._date = b""
        self._date_ends_s = 0

    def __len__(self) -> int:
        return len(self.answers)

    def put(self, head: bytes, answer: HotAnswer) -> None:
        """Remember `head`, unless it is too long, or the table is closed or suspended."""
        if len(head) > LONGEST_HEAD_BYTES or not self._open or self._monotonic() < self._suspended_until:
            return
        if head not in self.answers and len(self.answers) >= MAX_HEADS:
            del self.answers[next(iter(self.answers))]
        self.answers[head] = answer

    def forget(self, head: bytes) -> None:
        """Remove this head; aiohttp handles it from now on."""
        self.answers.pop(head, None)

    def invalidate(self) -> None:
        """Check every answer with its cache again, because caching was switched on or off."""
        for answer in self.answers.values():
            answer.same_until = -math.inf

    def suspend(self, seconds: float) -> None:
        """Bypass the fast path for `seconds`: each caller must be authenticated for now."""
        self._suspended_until = max(self._suspended_until, self._monotonic() + seconds)
        self.answers.clear()

    def close(self) -> None:
        """Bypass the fast path for good, for shutdown or to log every request."""
        self._open = False
        self.answers.clear()

    def date(self) -> tuple[bytes, float]:
        """The Date header's value (RFC 9110 §6.6.1), cached for a second, and its remaining seconds."""
        now_s = time.time()
        # The lower limit detects a clock that was set back.
        if not self._date_ends_s - 1 <= now_s < self._date_ends_s:
            self._date = formatdate(now_s, usegmt=True).encode()
            self._date_ends_s = int(now_s) + 1
        return self._date, self._date_ends_s - now_s


def _head(status: int, headers: Headers) -> bytes:
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
