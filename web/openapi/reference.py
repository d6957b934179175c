"""The input of the OpenAPI document: routes and access rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from aiohttp import web

from web.openapi.security import Terms
from web.routing import RouteSpec


@final
class Reference:
    """The route table and the access rules.

    Args:
        routes: the route table.
        terms: returns the terms; a function, because the address is unknown before the start.
    """

    def __init__(self, routes: tuple[RouteSpec, ...], terms: Callable[[], Terms]) -> None:
        self.routes = routes
        self._terms = terms

    @property
    def base_url(self) -> str:
        """The prefix of full URLs."""
        return self._terms().base_url

    def document(self) -> dict[str, Any]:
        """The OpenAPI document, built at each call."""
        # Imported here to keep the start fast.
        from web.openapi.document import build_document

        return build_document(self.routes, self._terms())


REFERENCE = web.AppKey("reference", Reference)
