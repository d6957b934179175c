"""Answers found by the very bytes of a request's head.

A head that is, byte for byte, one that was answered from a cached route before means the same route,
parameters, token, encoding and condition. So the answer is one look-up here and one in the route's cache, and
the bytes to send stand ready. `web.edge.protocol` decides when a head may be answered this way.
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
# Each head holds a copy of its answer, so what is larger goes the usual way.
LARGEST_ANSWER_BYTES: Final = 64 * 1024


@final
class HotAnswer:
    """One request as resolved before: its route and key, and the form of answer that it gets.

    Args:
        build: makes the body at once; None where making it takes waiting, so that only a hit is answered.

    Attributes:
        wire: the response as bytes, as `made` gave it last.
        same_until: before that moment `made` would give these bytes again, as long as the `entry` is settled:
            another second has not begun, neither of its age nor of the date.
        hits: where that is counted in place of `made`.
        lane: where an answer is counted.
    """

    __slots__ = (
        "_body", "_build", "_content", "_head", "_key", "_route", "_selection", "_traffic",
        "entry", "hits", "lane", "same_until", "wire",
    )  # fmt: skip

    # There are none before `made` has given something.
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

    def made(self, table: HotTable) -> bytes | None:
        """The response as bytes; None where the usual way must give it.

        Raises:
            Exception: what the route's `build` raises.
        """
        route = self._route
        cached = route.peek(self._key)
        if cached is None:
            if self._build is None or not route.is_on:
                # With the cache switched off each answer is made anew, which takes a token of the client's.
                return None
            cached = route.look_up(self._key, self._build)
        body = cached.value
        if body is not self._body and (
            body.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not self._adopt(body)
        ):
            # The usual way logs it, or sends what is large.
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
        """Take over what does not change while `body` lives; False where it is too large for that."""
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
    """Remembered heads, at most `MAX_HEADS`; the one remembered first goes first.

    Args:
        clock: what a rest is measured by.

    Attributes:
        answers: by head; to be read directly where speed matters, written only here.
    """

    def __init__(self, clock: Clock) -> None:
        self.answers: dict[bytes, HotAnswer] = {}
        self._monotonic = clock.monotonic
        self._open = True
        self._rests_until = -math.inf
        self._date = b""
        self._date_ends_s = 0

    def __len__(self) -> int:
        return len(self.answers)

    def put(self, head: bytes, answer: HotAnswer) -> None:
        """Remember `head`, unless it is too long to be worth it, or the table is closed or rests."""
        if len(head) > LONGEST_HEAD_BYTES or not self._open or self._monotonic() < self._rests_until:
            return
        if head not in self.answers and len(self.answers) >= MAX_HEADS:
            del self.answers[next(iter(self.answers))]
        self.answers[head] = answer

    def forget(self, head: bytes) -> None:
        """Answer this head the usual way from now on."""
        self.answers.pop(head, None)

    def doubt(self) -> None:
        """Ask the caches again for every answer: whether they may give it has changed."""
        for answer in self.answers.values():
            answer.same_until = -math.inf

    def rest(self, seconds: float) -> None:
        """Answer everything the usual way for so long: it looks at who asks, and a head does not."""
        self._rests_until = max(self._rests_until, self._monotonic() + seconds)
        self.answers.clear()

    def close(self) -> None:
        """Answer everything the usual way from now on: what stops, or logs all, must see each request."""
        self._open = False
        self.answers.clear()

    def date(self) -> tuple[bytes, float]:
        """The Date header's value, made once a second (RFC 9110 §6.6.1), and for how long it holds."""
        now_s = time.time()
        # A clock that is set back shows as well: no second is over a second away.
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
