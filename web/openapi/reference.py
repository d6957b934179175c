"""What the server says of itself: its routes, and the terms on which it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from aiohttp import web

from web.openapi.terms import Terms
from web.routing import RouteSpec


@final
class Reference:
    """The route table and the terms.

    Args:
        routes: the route table.
        terms: gives the terms; the address is not known before the start.
    """

    def __init__(self, routes: tuple[RouteSpec, ...], terms: Callable[[], Terms]) -> None:
        self.routes = routes
        self._terms = terms

    @property
    def base_url(self) -> str:
        """What full addresses are made of."""
        return self._terms().base_url

    def document(self) -> dict[str, Any]:
        """The OpenAPI document; made anew at each call."""
        # The start needs none of it.
        from web.openapi.document import build_document

        return build_document(self.routes, self._terms())


REFERENCE = web.AppKey("reference", Reference)
