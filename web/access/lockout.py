"""Locks out clients that send too many wrong tokens."""

from __future__ import annotations

from typing import Final, final

from aiohttp import web

from core.clock import Clock
from core.health.refusals import Refusals
from core.settings import Settings
from web.answers.problems import Problem
from web.edge.clients import address_of, key_of
from web.edge.rate_limit import RateLimit

# Wrong tokens that a client may send per minute; it may send all of them at once.
ATTEMPTS_PER_MINUTE: Final = 10


@final
class Lockout:
    """Counts wrong tokens by client address; clients behind one address share its lock-out."""

    def __init__(self, settings: Settings, clock: Clock, refusals: Refusals) -> None:
        self._trusted = settings.trusted_proxies
        self._refusals = refusals
        self._attempts = RateLimit("attempts", ATTEMPTS_PER_MINUTE, clock)

    def check(self, request: web.Request) -> None:
        """Refuse a client that is locked out, even if its token is right.

        Raises:
            Problem: 429, it is locked out.
        """
        client = self._client(request)
        if self._attempts.wait_s(client):
            self._refusals.count("token")
            raise Problem(
                429,
                "Too many wrong tokens from your address. Retry after the time in Retry-After.",
                kind="too-many-attempts",
                headers=self._attempts.headers(client),
            )

    def count(self, request: web.Request) -> float:
        """Count a wrong token; returns the remaining lock-out in seconds, 0 if there is none."""
        client = self._client(request)
        self._attempts.take(client)
        return self._attempts.wait_s(client)

    def _client(self, request: web.Request) -> str:
        return key_of(address_of(request, self._trusted))


SENDER_LOCKOUT = web.AppKey("sender_lockout", Lockout)
