"""Admission control before the handlers: limits, the token, the query, the client's budget."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final, final

from aiohttp import hdrs, web

from core.clock import Clock
from core.health.refusals import Refusals
from core.settings import Settings
from web.access.read_access import ReadAccess
from web.answers.problems import Problem, too_large
from web.edge.client_address import is_private, is_trusted
from web.edge.clients import client_of, key_of, peer_address
from web.edge.host_check import HostCheck
from web.edge.rate_limit import RateLimit
from web.routing import RouteSpec

logger = logging.getLogger(__name__)

MAX_HEADERS: Final = 100
MAX_QUERY_CHARACTERS: Final = 2048

# How much of an unreadable `X-Forwarded-For` entry is logged.
_SHOWN_ENTRY: Final = 80

# Liveness and readiness probes of platforms are never rate-limited.
_UNLIMITED: Final = frozenset({"/health/live", "/health/ready"})
_OVER_BUDGET: Final = web.RequestKey("over_budget", Problem)


@final
class Admission:
    """Admits requests, or refuses them with a `Problem`.

    A client has one budget for reading and another for webhooks. A request takes a token from its budget; a
    cache hit puts it back. A client without tokens gets only cache hits. Requests that `web.edge.fast_path`
    answers do not come here and are free.
    """

    def __init__(self, settings: Settings, clock: Clock, access: ReadAccess, refusals: Refusals) -> None:
        self._refusals = refusals
        self._hosts = HostCheck(settings.sandbox_hosts) if settings.sandbox else None
        self._told_unreadable = False
        self._max_body = settings.max_body
        self._trusted = settings.trusted_proxies
        self._access = access
        self._reading = RateLimit("reading", settings.rate_limit_per_minute, clock)
        self._webhooks = RateLimit("webhooks", settings.webhook_rate_limit_per_minute, clock)

    def enter(self, request: web.Request, spec: RouteSpec | None) -> None:
        """Check a request before its handler runs.

        Raises:
            Problem: the request is refused.
        """
        # A head in the fast path's table has passed this check, because it contains the host.
        if self._hosts is not None:
            self._hosts.check(request)
        self._look_at_proxy(request)
        limit = self._limit_of(spec)
        if limit is not None and not limit.take(self._client(request)):
            self._refusals.count("rate")
            problem = self._too_many(limit, request)
            if spec is None or spec.ttl_s is None:
                raise problem
            request[_OVER_BUDGET] = problem
        if len(request.raw_path) > MAX_QUERY_CHARACTERS and len(request.query_string) > MAX_QUERY_CHARACTERS:
            raise Problem(414, f"A query may have at most {MAX_QUERY_CHARACTERS} characters.")
        if len(request.raw_headers) > MAX_HEADERS:
            raise Problem(431, f"A request may have at most {MAX_HEADERS} header fields.")
        if request.body_exists:
            _check_body(request, self._max_body)
        if spec is not None:
            if spec.needs_token == "read":  # noqa: S105 - the kind of token, not one
                self._access.check(request)
            # Monitors and links add parameters; a route without parameters ignores them.
            if request.query_string and spec.query_names:
                _check_query(request, spec)

    def leave(self, request: web.Request, spec: RouteSpec | None, response: web.StreamResponse) -> None:
        """Return the token of a cache hit to the client's budget.

        Raises:
            Problem: 429, not a cache hit and the client is over budget.
        """
        if spec is None or spec.ttl_s is None:
            return
        if response.headers.get("X-Cache") != "hit":
            check_budget(request)
        elif (limit := self._limit_of(spec)) is not None and _OVER_BUDGET not in request:
            limit.give_back(self._client(request))

    def _too_many(self, limit: RateLimit, request: web.Request) -> Problem:
        return Problem(
            429,
            f"Too many requests: at most {limit.per_minute} a minute from one client. "
            "Retry after the time in Retry-After.",
            kind="rate-limit",
            headers=limit.headers(self._client(request)),
        )

    def _look_at_proxy(self, request: web.Request) -> None:
        """Report an untrusted proxy: all clients behind it count as one."""
        if "X-Forwarded-For" not in request.headers:
            return
        peer = peer_address(request.remote)
        if is_private(peer) and not is_trusted(peer, self._trusted):
            self._refusals.saw_untrusted_proxy(peer)

    def _limit_of(self, spec: RouteSpec | None) -> RateLimit | None:
        if spec is None or spec.needs_token != "webhook":  # noqa: S105 - the kind of token, not one
            return None if spec is not None and spec.path in _UNLIMITED else self._reading
        return self._webhooks

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


def check_budget(request: web.Request) -> None:
    """Check before a response is computed that the client has budget for it.

    Raises:
        Problem: 429, the budget is used up.
    """
    problem = request.get(_OVER_BUDGET)
    if problem is not None:
        raise problem


def _check_query(request: web.Request, spec: RouteSpec) -> None:
    names = [name for name, _ in request.query.items()]
    unknown = sorted({name[:64] for name in names if name not in spec.query_names})[:10]
    if unknown:
        raise Problem(
            400,
            f"{spec.path} has no query parameter {', '.join(map(repr, unknown))}."
            f" Known: {', '.join(spec.query_names)}.",
            kind="unknown-parameter",
            parameters=unknown,
        )
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise Problem(
            400,
            f"The query parameter {', '.join(map(repr, repeated))} is given more than once.",
            kind="repeated-parameter",
            parameters=repeated,
        )


def _check_body(request: web.Request, max_body: int) -> None:
    length = request.content_length
    if length is not None and length > max_body:
        raise too_large(max_body)
    encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity")
    if encoding.lower() != "identity":
        # RFC 9110 §12.5.3: the header names the accepted encodings.
        raise Problem(415, "Send the body uncompressed.", headers={"Accept-Encoding": "identity"})
