"""`discovery`: the addresses of the HTTP routes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from state.ports import RouteInfo


@dataclass(frozen=True, slots=True)
class Address:
    """One route.

    Attributes:
        url: the full URL, with placeholders in braces.
        link: a URL that a browser can open; empty if there is none.
        gives: what the route returns.
        needs: the token it requires; empty if none.
    """

    method: str
    url: str
    link: str
    gives: str
    needs: str


def build_discovery(
    routes: Iterable[RouteInfo], base_url: str, *, read_token_set: bool
) -> tuple[Address, ...]:
    """The address of every route, in the order of the route table."""
    base_url = base_url.rstrip("/")
    needs = {"none": "", "read": "READ_TOKEN" if read_token_set else "", "webhook": "WEBHOOK_TOKEN"}
    return tuple(
        Address(
            method=route.method,
            url=base_url + route.path,
            link=base_url + route.example if _opens(route) else "",
            gives=route.summary,
            needs=needs[route.auth],
        )
        for route in routes
    )


def _opens(route: RouteInfo) -> bool:
    """Whether a browser can open the route's example."""
    return (
        route.method == "GET"
        and route.auth in {"none", "read"}
        and route.example != ""
        and 200 in route.expected
    )
