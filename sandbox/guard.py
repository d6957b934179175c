"""Who may talk to the sandbox: this machine only, and no page of another site."""

import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.wire import json_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTROL_HEADER = "X-Helix-Sandbox"


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
    if header.startswith("["):
        return header.partition("]")[0]
    return header.partition(":")[0]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses foreign Host headers (DNS rebinding) and control requests that a foreign page could send.

    A custom header cannot be sent across origins without a preflight, which nothing here answers; a WebSocket
    has no preflight, so its Origin is compared.
    """
    if not is_loopback(_host_of(request.host)):
        return json_response({"message": "The sandbox answers to loopback names only."}, status=421)
    if request.path.startswith("/sandbox/"):
        if (
            request.method in ("POST", "PUT", "PATCH", "DELETE")
            and request.headers.get(CONTROL_HEADER) != "1"
        ):
            return json_response({"message": f"The header {CONTROL_HEADER}: 1 is missing."}, status=403)
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            return json_response({"message": "Other origins are refused."}, status=403)
    return await handler(request)
