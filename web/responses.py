"""Cached answers: looked up, fitted to what the client accepts and has, sent with where they came from."""

from __future__ import annotations

from collections.abc import Hashable

from aiohttp import web

from core.cache import Cached, CacheRegistry
from web.bodies import Body
from web.cached_route import X_CACHE, Build, CachedRoute, Fetch, Selection
from web.connection import Connection
from web.hot import HotAnswer
from web.routing import RouteSpec
from web.traffic import Traffic


class Responses:
    """Every cached route of the server, by path template."""

    def __init__(self, routes: tuple[RouteSpec, ...], caches: CacheRegistry, traffic: Traffic) -> None:
        self._traffic = traffic
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
            )
            for spec in routes
            if spec.ttl_s is not None
        }

    def serve(self, request: web.Request, path: str, build: Build, key: Hashable = None) -> web.Response:
        """The answer of the cached route `path` to this request.

        Args:
            request: its headers choose the encoding and the condition.
            path: the route's template.
            build: makes the body; it is kept for later requests, so it must not hold on to this one.
            key: which of the route's answers, for routes with more than one.

        Raises:
            Exception: what `build` raises.
        """
        route = self._routes[path]
        return self._answer(request, route, route.look_up(key, build), key, build)

    async def serve_async(
        self, request: web.Request, path: str, fetch: Fetch, key: Hashable = None
    ) -> web.Response:
        """The answer of the cached route `path`, whose body takes waiting to make; otherwise like `serve`.

        Args:
            request: its headers choose the encoding and the condition.
            path: the route's template.
            fetch: makes the body; many requests may wait for one call of it.
            key: which of the route's answers, for routes with more than one.

        Raises:
            Exception: what `fetch` raises.
        """
        route = self._routes[path]
        return self._answer(request, route, await route.fetch(key, fetch), key, None)

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
        status, headers, content = selection.of(cached.value)
        if isinstance(request.protocol, Connection):
            request.protocol.remember(request, HotAnswer(route, key, build, selection, self._traffic))
        moving = (("Age", str(int(cached.age_s))), ("X-Cache", X_CACHE[cached.outcome]))
        return web.Response(body=content, status=status, headers=(*headers, *moving))


def _joined(request: web.Request, name: str) -> str | None:
    """All values of a list header as one; None where it is missing."""
    values = request.headers.getall(name, None)
    return None if values is None else ", ".join(values)
