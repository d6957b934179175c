"""What a request must pass before its handler: bounds, the token, the query, the client's budget."""

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

# So much is logged of what a proxy says and nobody can read.
_SHOWN_ENTRY: Final = 80

# What platforms ask to see whether the process lives; it must be told whoever else asks too much.
_UNLIMITED: Final = frozenset({"/health/live", "/health/ready"})
_OVER_BUDGET: Final = web.RequestKey("over_budget", Problem)


@final
class Admission:
    """Admits requests, or refuses them with a `Problem`.

    A client has a budget for reading and another for webhooks. A request takes one token of it, and puts it
    back when it turns out to have been answered from the cache. Without a token only such answers are given.
    What `web.edge.fast_path` answers does not come here and is free.
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
        """Look at a request before its handler does.

        Raises:
            Problem: it is refused.
        """
        # Heads that `web.edge.fast_path` remembers have passed this: the name is one of their bytes.
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
            # Monitors and links add parameters of their own, which mean nothing to a route that takes none.
            if request.query_string and spec.query_names:
                _check_query(request, spec)

    def leave(self, request: web.Request, spec: RouteSpec | None, response: web.StreamResponse) -> None:
        """Settle what the answer cost.

        Raises:
            Problem: it cost something, and the client had nothing left.
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
            f"Too many requests came from here: at most {limit.per_minute} a minute. "
            "Wait as long as Retry-After says.",
            kind="rate-limit",
            headers=limit.headers(self._client(request)),
        )

    def _look_at_proxy(self, request: web.Request) -> None:
        """Report a proxy that is not trusted: limits and lock-outs count all clients behind it as one."""
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
    """Ask, before an answer is made, whether this client may have one made.

    Raises:
        Problem: 429, it has nothing left.
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
            f"{spec.path} does not know the query parameter {', '.join(map(repr, unknown))}."
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
        # RFC 9110 §12.5.3: the header names what would have been taken.
        raise Problem(
            415, "A body is taken as it is, not compressed.", headers={"Accept-Encoding": "identity"}
        )
