"""Taking a port, or saying clearly why it cannot be had."""

from __future__ import annotations

import errno
import logging
import socket
from typing import Final

from aiohttp import web

from core.errors import StartError
from core.settings import Settings

logger = logging.getLogger(__name__)

# How far the sandbox looks beyond a port that is taken.
_NEXT_PORTS: Final = 20
# So many may knock at once: after a restart all who listened to streams come back together.
_BACKLOG: Final = 1024
_EVERY_IPV6: Final = "::"
_EVERY_IPV4: Final = "0.0.0.0"  # noqa: S104 - what HOST asks for


class CannotListen(StartError):
    """The address could not be taken; the text names the setting and what to do."""


async def listen(runner: web.BaseRunner, settings: Settings) -> int:
    """Start to accept connections.

    A port is tried once. Only in the sandbox, and only where PORT is left open, the next free one is taken
    instead of one that is in use.

    Returns:
        The port.

    Raises:
        CannotListen: the address is taken, forbidden, or not this machine's.
    """
    may_move = settings.sandbox and not settings.port_is_set and settings.port != 0
    last = min(settings.port + _NEXT_PORTS, 65_535) if may_move else settings.port
    port = settings.port
    while True:
        try:
            await _start(runner, settings.host, port)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port == last:
                raise CannotListen(_explained(error, settings, port, may_move=may_move)) from error
            port += 1
    if port != settings.port:
        logger.warning("http.port_moved wanted=%d port=%d", settings.port, port)
    found: int = runner.addresses[0][1]
    return found


async def _start(runner: web.BaseRunner, host: str, port: int) -> None:
    if host == _EVERY_IPV6:
        if socket.has_dualstack_ipv6():
            await _start_both(runner, port)
            return
        logger.warning("http.no_ipv6 host=%s: only IPv4 is listened on", host)
        host = _EVERY_IPV4
    site = web.TCPSite(runner, host, port, backlog=_BACKLOG, reuse_port=False)
    try:
        await site.start()
    except OSError:
        await site.stop()
        raise


async def _start_both(runner: web.BaseRunner, port: int) -> None:
    """Listen on every address of both families; asyncio alone would take those of IPv6 only."""
    listener = socket.create_server((_EVERY_IPV6, port), family=socket.AF_INET6, dualstack_ipv6=True)
    try:
        await web.SockSite(runner, listener, backlog=_BACKLOG).start()
    except BaseException:
        listener.close()
        raise


def _explained(error: OSError, settings: Settings, port: int, *, may_move: bool) -> str:
    place = settings.authority
    if error.errno == errno.EADDRINUSE:
        span = f"{place} and the {_NEXT_PORTS} ports after it are" if may_move else f"{place} is"
        return f"{span} in use. Stop what listens there, or set PORT to a free port."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{place} may not be used by this user. Set PORT to a port above 1023."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{settings.host} is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all."
    return f"HOST {settings.host}, PORT {port} cannot be listened on: {error.strerror or error}."
