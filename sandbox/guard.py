"""Restricts the sandbox to this machine and to its own pages."""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from sandbox.wire import json_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTROL_HEADER = "X-Helix-Sandbox"
# Additional allowed host names, in lower case.
HOSTS = web.AppKey("HOSTS", Collection[str])
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether a host name or address (IPv6 with or without brackets) is a loopback one."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _host_of(header: str) -> str:
    found = _HOST.fullmatch(header)
    return "" if found is None else (found[1] or found[2]).lower()


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses foreign Host headers (DNS rebinding) and control requests of foreign pages.

    Control requests need a custom header, which cross-origin pages can only send after a preflight, and the
    sandbox answers none. WebSockets have no preflight, so their Origin is checked.
    """
    host = _host_of(request.host)
    if not is_loopback(host) and host not in request.app[HOSTS]:
        return json_response({"message": "The sandbox accepts only loopback host names."}, status=421)
    if request.path.startswith("/sandbox/"):
        if (
            request.method in ("POST", "PUT", "PATCH", "DELETE")
            and request.headers.get(CONTROL_HEADER) != "1"
        ):
            return json_response({"message": f"The header {CONTROL_HEADER}: 1 is missing."}, status=403)
        origin = request.headers.get("Origin")
        # The port forwarding of a development container may use TLS.
        if origin is not None and origin not in (f"http://{request.host}", f"https://{request.host}"):
            return json_response({"message": "Requests from other origins are refused."}, status=403)
    return await handler(request)
