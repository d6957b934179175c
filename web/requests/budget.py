"""Rate limiting of requests: each costs a token, unless the cache answers it."""

from __future__ import annotations

import logging
from typing import Final, final

from aiohttp import web

from core.clock import Clock
from core.health.refusals import Refusals
from core.settings import Settings
from web.answers.problems import Problem
from web.edge.clients import client_of, key_of
from web.edge.rate_limit import RateLimit
from web.routing import RouteSpec

logger = logging.getLogger(__name__)

# Liveness and readiness probes of platforms are never rate-limited.
_UNLIMITED: Final = frozenset({"/health/live", "/health/ready"})
# How much of an unreadable `X-Forwarded-For` entry is logged.
_SHOWN_ENTRY: Final = 80

_UNPAID: Final = web.RequestKey("unpaid", RateLimit)


@final
class Budget:
    """Charges requests to their clients, each of which has a budget for reading and one for webhooks.

    A request is charged when it arrives; on a cached route only once an answer must be computed, or once it
    has failed. So a client without a token still gets what is in the cache. The answers of
    `web.edge.fast_path` do not come here and are free.
    """

    def __init__(self, settings: Settings, clock: Clock, refusals: Refusals) -> None:
        self._refusals = refusals
        self._trusted = settings.trusted_proxies
        self._reading = RateLimit("reading", settings.rate_limit_per_minute, clock)
        self._webhooks = RateLimit("webhooks", settings.webhook_rate_limit_per_minute, clock)
        self._told_unreadable = False

    def begin(self, request: web.Request, spec: RouteSpec | None) -> None:
        """Choose the budget of a request, and charge it unless the cache may answer it.

        Raises:
            Problem: 429, the client has no token left.
        """
        if spec is None or spec.path not in _UNLIMITED:
            webhook = spec is not None and spec.auth == "webhook"
            request[_UNPAID] = self._webhooks if webhook else self._reading
            if spec is None or spec.ttl_s is None:
                self.charge(request)

    def charge(self, request: web.Request) -> None:
        """Take the request's token; no-op if it was charged before or is free.

        Raises:
            Problem: 429, the client has no token left.
        """
        limit: RateLimit | None = request.pop(_UNPAID, None)
        if limit is None or limit.take(client := self._client(request)):
            return
        self._refusals.count("rate")
        raise Problem(
            429,
            f"Too many requests: at most {limit.per_minute} a minute from one client. "
            "Retry after the time in Retry-After.",
            kind="rate-limit",
            headers=limit.headers(client),
        )

    def _client(self, request: web.Request) -> str:
        client = client_of(request, self._trusted)
        if client.unreadable is not None and not self._told_unreadable:
            self._told_unreadable = True
            logger.warning(
                "http.forwarded_for_unreadable peer=%s entry=%r: such clients count as one",
                client.address,
                client.unreadable[:_SHOWN_ENTRY],
            )
        return key_of(client.address)
