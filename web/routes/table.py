"""The route table: all routes, in documentation order."""

from __future__ import annotations

from state.ports import RouteInfo
from web.routes import (
    agents,
    badge,
    commands,
    discovery,
    docs,
    events,
    health,
    home,
    metrics,
    session,
    slo,
    status,
    ucf,
    webhooks,
)
from web.routes.webhooks import hooks
from web.routing import RouteSpec

ROUTES: tuple[RouteSpec, ...] = (
    *home.ROUTES,
    *status.ROUTES,
    *health.ROUTES,
    *agents.ROUTES,
    *ucf.ROUTES,
    *slo.ROUTES,
    *commands.ROUTES,
    *discovery.ROUTES,
    *metrics.ROUTES,
    *events.ROUTES,
    *session.ROUTES,
    *docs.ROUTES,
    *badge.ROUTES,
    *webhooks.ROUTES,
    *hooks.ROUTES,
)


def route_infos() -> tuple[RouteInfo, ...]:
    """The routes as records for other packages; needs no running server."""
    return tuple(spec.info() for spec in ROUTES)
