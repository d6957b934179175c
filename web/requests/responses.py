"""Serves cached routes: lookup, content encoding, conditional requests, cache headers."""

from __future__ import annotations

from collections.abc import Hashable

from aiohttp import web

from core.cache import Cached, CacheRegistry
from web.access.read_access import is_by_session
from web.answers.bodies import Body
from web.answers.cached_route import X_CACHE, Build, CachedRoute, Fetch, Selection
from web.answers.problems import Problem
from web.edge.fast_path import LARGEST_ANSWER_BYTES, HotAnswer
from web.edge.protocol import Connection
from web.requests.budget import Budget
from web.routing import RouteSpec
from web.traffic import Traffic


class Responses:
    """Every cached route of the server, by path template.

    Args:
        routes: the route table.
        caches: creates a cache for each route.
        traffic: counts responses.
        budget: charges a request before its response is computed.
        private: whether reading needs a token.
    """

    def __init__(
        self,
        routes: tuple[RouteSpec, ...],
        caches: CacheRegistry,
        traffic: Traffic,
        *,
        budget: Budget,
        private: bool = False,
    ) -> None:
        self._traffic = traffic
        self._budget = budget
        self._ignoring = frozenset(spec.path for spec in routes if not spec.query_names)
        self._routes = {
            spec.path: CachedRoute(
                spec.path,
                spec.tags,
                caches.create(
                    f"http:{spec.path}",
                    owner="web",
                    max_entries=spec.max_entries,
                    ttl_s=spec.ttl_s,
                    serve_stale=spec.serve_stale,
                ),
                private=private and spec.auth == "read",
            )
            for spec in routes
            if spec.ttl_s is not None
        }

    def serve(self, request: web.Request, path: str, build: Build, key: Hashable = None) -> web.Response:
        """The response of the cached route `path`.

        Args:
            request: the request.
            path: the route's template.
            build: computes the body. It is kept for later requests, so it must not reference this request.
            key: the cache key, for routes with several responses.

        Raises:
            Problem: 429, the response is not cached and the client is over budget.
            Exception: what `build` raises.
        """
        route = self._routes[path]
        cached = self._kept(request, route, key)
        if cached is None:
            cached = route.look_up(key, build)
        return self._answer(request, route, cached, key, build)

    async def serve_async(
        self, request: web.Request, path: str, fetch: Fetch, key: Hashable = None
    ) -> web.Response:
        """Like `serve`, for a body that is computed asynchronously.

        Args:
            request: the request.
            path: the route's template.
            fetch: computes the body; concurrent requests share one call.
            key: the cache key, for routes with several responses.

        Raises:
            Problem: as in `serve`.
            Exception: what `fetch` raises.
        """
        route = self._routes[path]
        cached = self._kept(request, route, key)
        if cached is None:
            cached = await route.fetch(key, fetch)
        return self._answer(request, route, cached, key, None)

    def _kept(self, request: web.Request, route: CachedRoute, key: Hashable) -> Cached[Body] | None:
        """The answer in the cache; None if one must be computed, for which the request is charged."""
        cached = route.peek(key)
        if cached is None:
            self._budget.charge(request)
        return cached

    def _answer(
        self,
        request: web.Request,
        route: CachedRoute,
        cached: Cached[Body],
        key: Hashable,
        build: Build | None,
    ) -> web.Response:
        selection = Selection(
            request.method, _joined(request, "Accept-Encoding"), _joined(request, "If-None-Match")
        )
        condition = _joined(request, "If-Match")
        if condition is not None and not selection.satisfies(condition, cached.value):
            raise Problem(412, "The response no longer has the entity tag in If-Match.")
        status, headers, content = selection.of(cached.value)
        # The fast path must not remember a session, because it will end.
        if (
            isinstance(request.protocol, Connection)
            and condition is None
            and len(content) <= LARGEST_ANSWER_BYTES
            and not is_by_session(request)
            # Ignored queries may differ each time; their heads would displace useful ones.
            and not (request.query_string and route.path in self._ignoring)
        ):
            request.protocol.remember(request, HotAnswer(route, key, build, selection, self._traffic))
        moving = (("Age", str(int(cached.age_s))), ("X-Cache", X_CACHE[cached.outcome]))
        return web.Response(body=content, status=status, headers=(*headers, *route.policy, *moving))


RESPONSES = web.AppKey("responses", Responses)


def _joined(request: web.Request, name: str) -> str | None:
    """All values of a list header, joined by commas; None if it is missing."""
    values = request.headers.getall(name, None)
    return None if values is None else ", ".join(values)
