"""Binds the port, or explains why that is not possible."""

from __future__ import annotations

import errno
import logging
import socket
from typing import Final

from aiohttp import web

from core.errors import StartError
from core.http.loopback import EVERY_IPV4
from core.settings import Settings

logger = logging.getLogger(__name__)

# How many following ports the sandbox tries if its port is in use.
_NEXT_PORTS: Final = 20
# The listen backlog; after a restart all stream clients reconnect at once.
_BACKLOG: Final = 1024
_EVERY_IPV6: Final = "::"


class CannotListen(StartError):
    """The address cannot be bound; the text names the setting and what to do."""


async def listen(runner: web.BaseRunner, settings: Settings) -> int:
    """Start accepting connections.

    Only in the sandbox, and only if PORT is not set, the next free port replaces one that is in use.

    Returns:
        The port.

    Raises:
        CannotListen: the address is in use, not permitted, or not an address of this machine.
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
        host = EVERY_IPV4
    site = web.TCPSite(runner, host, port, backlog=_BACKLOG, reuse_port=False)
    try:
        await site.start()
    except OSError:
        await site.stop()
        raise


async def _start_both(runner: web.BaseRunner, port: int) -> None:
    """Listen on all IPv4 and IPv6 addresses; asyncio alone would bind only IPv6."""
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
        return f"{span} in use. Stop the program that listens there, or set PORT to a free port."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not use {place}. Set PORT to a port above 1023."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return (
            f"{settings.host} is not an address of this machine. Set HOST to 127.0.0.1, or 0.0.0.0 for all."
        )
    return f"Cannot listen on HOST {settings.host}, PORT {port}: {error.strerror or error}."
