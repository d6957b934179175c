"""What a route is: one record from which dispatch, caching, metrics and the published route list come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from state.ports import RouteInfo

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TokenKind = Literal["none", "read", "webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSpec:
    """One route. GET implies HEAD.

    Attributes:
        path: the template, such as `/agents/{name}`; it is also the label in the metrics.
        ttl_s: how long an answer is kept, in seconds; None for routes that are not cached.
        max_entries: how many different answers are kept.
        tags: what the answer depends on; a change of any of these drops it.
        serve_stale: whether an answer past its TTL may stand in when making a new one fails.
        needs_token: which token a caller must show, where one is set.
        parameters: the query parameters it knows; others are refused.
    """

    method: Literal["GET", "POST", "DELETE"] = "GET"
    path: str
    handler: Handler
    summary: str
    ttl_s: float | None = None
    max_entries: int = 1
    tags: frozenset[str] = frozenset()
    serve_stale: bool = False
    needs_token: TokenKind = "read"  # noqa: S105 - the kind of token, not one
    parameters: tuple[str, ...] = field(default=())

    def info(self) -> RouteInfo:
        """The record that other parts may see."""
        return RouteInfo(
            method=self.method,
            path=self.path,
            summary=self.summary,
            ttl_s=self.ttl_s,
            needs_token=self.needs_token,
        )
