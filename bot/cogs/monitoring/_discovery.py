"""What `discovery` shows: where this process answers over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from state.ports import RouteInfo


@dataclass(frozen=True, slots=True)
class Address:
    """One route: its whole URL (placeholders in braces), what it gives, which token it asks for ("" none)."""

    method: str
    url: str
    gives: str
    needs: str
    ttl_s: float | None


def build_discovery(
    routes: Iterable[RouteInfo], base_url: str, *, read_token_set: bool
) -> tuple[Address, ...]:
    """The address of every route, in the order of the route table."""
    needs = {"none": "", "read": "READ_TOKEN" if read_token_set else "", "webhook": "WEBHOOK_TOKEN"}
    return tuple(
        Address(
            method=route.method,
            url=base_url.rstrip("/") + route.path,
            gives=route.summary,
            needs=needs[route.needs_token],
            ttl_s=route.ttl_s,
        )
        for route in routes
    )
