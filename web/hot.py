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

from web.bodies import Body
from web.cached_route import X_CACHE, Build, CachedRoute, Selection
from web.headers import Headers
from web.traffic import Lane, Traffic

MAX_HEADS: Final = 256
LONGEST_HEAD_BYTES: Final = 2048


@final
class HotAnswer:
    """One request as resolved before: its route and key, and the form of answer that it gets.

    Args:
        build: makes the body at once; None where making it takes waiting, so that only a hit is answered.
    """

    __slots__ = ("_body", "_build", "_content", "_head", "_key", "_lane", "_route", "_selection", "_traffic")

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
        self._lane: Lane | None = None

    def wire(self, date: bytes) -> tuple[bytes, Lane] | None:
        """The response as bytes, and where it is counted; None where the usual way must give it.

        Args:
            date: the value of the Date header.

        Raises:
            Exception: what the route's `build` raises.
        """
        build = self._build
        cached = self._route.peek(self._key) if build is None else self._route.look_up(self._key, build)
        if cached is None:
            return None
        lane = self._lane
        if lane is None or cached.value is not self._body:
            if cached.value.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                # The usual way logs it.
                return None
            lane = self._adopt(cached.value)
        wire = b"%sAge: %d\r\nX-Cache: %s\r\nDate: %s\r\n\r\n%s" % (
            self._head,
            cached.age_s,
            X_CACHE[cached.outcome].encode(),
            date,
            self._content,
        )
        return wire, lane

    def _adopt(self, body: Body) -> Lane:
        status, headers, self._content = self._selection.of(body)
        self._head = _head(status, (*headers, *self._route.policy))
        self._body = body
        self._lane = self._traffic.lane(self._route.path, self._selection.method, status)
        return self._lane


@final
class HotTable:
    """Remembered heads, at most `MAX_HEADS`; the one remembered first goes first."""

    def __init__(self) -> None:
        self._answers: dict[bytes, HotAnswer] = {}
        self._date_s = 0
        self._date = b""

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, head: bytes) -> HotAnswer | None:
        """The answer to exactly this head, or None."""
        return self._answers.get(head)

    def put(self, head: bytes, answer: HotAnswer) -> None:
        """Remember `head`, unless it is too long to be worth it."""
        if len(head) > LONGEST_HEAD_BYTES:
            return
        if head not in self._answers and len(self._answers) >= MAX_HEADS:
            del self._answers[next(iter(self._answers))]
        self._answers[head] = answer

    def forget(self, head: bytes) -> None:
        """Answer this head the usual way from now on."""
        self._answers.pop(head, None)

    def date(self) -> bytes:
        """The Date header's value, formatted once a second (RFC 9110 §6.6.1)."""
        now_s = int(time.time())
        if now_s != self._date_s:
            self._date_s = now_s
            self._date = formatdate(now_s, usegmt=True).encode()
        return self._date


def _head(status: int, headers: Headers) -> bytes:
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
