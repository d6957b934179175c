"""Who may talk to the sandbox: this machine only, and no page of another site."""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from sandbox.wire import json_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTROL_HEADER = "X-Helix-Sandbox"
# The names that count like those of this machine, in lower case.
HOSTS = web.AppKey("HOSTS", Collection[str])
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether a host name or address (IPv6 with or without brackets) means this machine and nothing else."""
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
    """Refuses foreign Host headers (DNS rebinding) and control requests that a foreign page could send.

    A custom header cannot be sent across origins without a preflight, which nothing here answers; a WebSocket
    has no preflight, so its Origin is compared.
    """
    host = _host_of(request.host)
    if not is_loopback(host) and host not in request.app[HOSTS]:
        return json_response({"message": "The sandbox answers to loopback names only."}, status=421)
    if request.path.startswith("/sandbox/"):
        if (
            request.method in ("POST", "PUT", "PATCH", "DELETE")
            and request.headers.get(CONTROL_HEADER) != "1"
        ):
            return json_response({"message": f"The header {CONTROL_HEADER}: 1 is missing."}, status=403)
        origin = request.headers.get("Origin")
        # What forwards the port of a development container may speak TLS.
        if origin is not None and origin not in (f"http://{request.host}", f"https://{request.host}"):
            return json_response({"message": "Other origins are refused."}, status=403)
    return await handler(request)
