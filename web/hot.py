"""Answers found by the very bytes of a request's head.

A head that is, byte for byte, one that was answered from a cached route before means the same route,
parameters, token, encoding and condition. So the answer is one look-up here and one in the route's cache, and
the bytes to send stand ready. `web.connection` decides when a head may be answered this way.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from email.utils import formatdate
from http import HTTPStatus
from typing import Final, final

from core.cache import Outcome
from web.bodies import Body
from web.cached_route import X_CACHE, Build, CachedRoute, Selection
from web.headers import Headers
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
    """

    __slots__ = (
        "_age_s", "_body", "_build", "_content", "_date", "_head", "_key", "_outcome", "_peek", "_route",
        "_selection", "_traffic", "_wire", "lane",
    )  # fmt: skip

    # Where what `wire` has given is counted; there is none before.
    lane: Lane

    def __init__(
        self, route: CachedRoute, key: Hashable, build: Build | None, selection: Selection, traffic: Traffic
    ) -> None:
        self._route = route
        self._peek = route.peek
        self._key = key
        self._build = build
        self._selection = selection
        self._traffic = traffic
        self._body: Body | None = None
        self._head = b""
        self._content = b""
        # What the bytes were made for that were given last: within a second they are mostly the same.
        self._wire = b""
        self._date: bytes | None = None
        self._age_s = 0
        self._outcome: Outcome = "off"

    def wire(self, date: bytes) -> bytes | None:
        """The response as bytes; None where the usual way must give it.

        Args:
            date: the value of the Date header, the same object as long as it is the same.

        Raises:
            Exception: what the route's `build` raises.
        """
        cached = self._peek(self._key)
        if cached is None:
            if self._build is None or not self._route.is_on:
                # With the cache switched off each answer is made anew, which takes a token of the client's.
                return None
            cached = self._route.look_up(self._key, self._build)
        body = cached.value
        if body is not self._body and (
            body.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not self._adopt(body)
        ):
            # The usual way logs it, or sends what is large.
            return None
        age_s = int(cached.age_s)
        outcome = cached.outcome
        if date is not self._date or age_s != self._age_s or outcome != self._outcome:
            self._date, self._age_s, self._outcome = date, age_s, outcome
            self._wire = b"%sAge: %d\r\nX-Cache: %s\r\nDate: %s\r\n\r\n%s" % (
                self._head,
                age_s,
                X_CACHE[outcome].encode(),
                date,
                self._content,
            )
        return self._wire

    def _adopt(self, body: Body) -> bool:
        """Take over what does not change while `body` lives; False where it is too large for that."""
        status, headers, content = self._selection.of(body)
        if len(content) > LARGEST_ANSWER_BYTES:
            return False
        self._content = content
        self._head = _head(status, (*headers, *self._route.policy))
        self._body = body
        self._date = None
        self.lane = self._traffic.lane(self._route.path, self._selection.method, status)
        return True


@final
class HotTable:
    """Remembered heads, at most `MAX_HEADS`; the one remembered first goes first.

    Attributes:
        answers: by head; to be read directly where speed matters, written only here.
    """

    def __init__(self) -> None:
        self.answers: dict[bytes, HotAnswer] = {}
        self._open = True
        self._date = b""
        self._date_ends_s = 0

    def __len__(self) -> int:
        return len(self.answers)

    def put(self, head: bytes, answer: HotAnswer) -> None:
        """Remember `head`, unless it is too long to be worth it, or the table is closed."""
        if len(head) > LONGEST_HEAD_BYTES or not self._open:
            return
        if head not in self.answers and len(self.answers) >= MAX_HEADS:
            del self.answers[next(iter(self.answers))]
        self.answers[head] = answer

    def forget(self, head: bytes) -> None:
        """Answer this head the usual way from now on."""
        self.answers.pop(head, None)

    def close(self) -> None:
        """Answer everything the usual way from now on: what stops, or logs all, must see each request."""
        self._open = False
        self.answers.clear()

    def date(self) -> bytes:
        """The Date header's value, made once a second (RFC 9110 §6.6.1)."""
        now_s = time.time()
        # A clock that is set back shows as well: no second is over a second away.
        if not self._date_ends_s - 1 <= now_s < self._date_ends_s:
            self._date = formatdate(now_s, usegmt=True).encode()
            self._date_ends_s = int(now_s) + 1
        return self._date


def _head(status: int, headers: Headers) -> bytes:
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
