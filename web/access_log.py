"""The access log: one line a request, and only where DEBUG is asked for."""

from __future__ import annotations

import logging

from aiohttp import web

from core.settings import Settings
from web.client_address import client_address

access = logging.getLogger("web.access")


def log_access(request: web.Request, route: str, status: int, seconds: float, settings: Settings) -> None:
    """Say who asked for what, by route template, and how it went."""
    if not access.isEnabledFor(logging.DEBUG):
        return
    forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
    access.debug(
        "http.request method=%s route=%s status=%d ms=%.3f client=%s",
        request.method,
        route,
        status,
        seconds * 1000,
        client_address(request.remote, forwarded_for, settings.trusted_proxies),
    )
