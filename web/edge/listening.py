"""Binds the port, or explains why that is not possible."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from contextlib import ExitStack
from typing import Any, Final

from core.errors import StartError
from core.http.loopback import EVERY_IPV4
from core.settings import Settings

logger = logging.getLogger(__name__)

# How many following ports the sandbox tries if its port is in use.
_NEXT_PORTS: Final = 20
# The listen backlog; after a restart all stream clients reconnect at once.
BACKLOG: Final = 1024
_EVERY_IPV6: Final = "::"

Sockets = tuple[socket.socket, ...]


class CannotListen(StartError):
    """The address cannot be bound; the text names the setting and what to do."""


async def bind(settings: Settings) -> Sockets:
    """Bind the port on every address of the host; connections wait until a server accepts them.

    Only in the sandbox, and only if PORT is not set, the next free port replaces one that is in use.

    Raises:
        CannotListen: the address is in use, not permitted, or not an address of this machine.
    """
    may_move = settings.sandbox and not settings.port_is_set and settings.port != 0
    last = min(settings.port + _NEXT_PORTS, 65_535) if may_move else settings.port
    port = settings.port
    while True:
        try:
            sockets = await _bind(settings.host, port)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port == last:
                raise CannotListen(_explained(error, settings, port, may_move=may_move)) from error
            port += 1
    if port != settings.port:
        logger.warning("http.port_moved wanted=%d port=%d", settings.port, port)
    return sockets


def port_of(sockets: Sockets) -> int:
    """The bound port."""
    found: int = sockets[0].getsockname()[1]
    return found


async def _bind(host: str, port: int) -> Sockets:
    if host == _EVERY_IPV6:
        if socket.has_dualstack_ipv6():
            # All IPv4 and IPv6 addresses; otherwise only IPv6.
            return (_bound(socket.AF_INET6, (host, port), both=True),)
        logger.warning("http.no_ipv6 host=%s: listening on IPv4 only", host)
        host = EVERY_IPV4
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    with ExitStack() as opened:
        sockets = tuple(
            opened.enter_context(_bound(family, address))
            for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found)
        )
        opened.pop_all()
    return sockets


def _bound(family: socket.AddressFamily, address: tuple[Any, ...], *, both: bool = False) -> socket.socket:
    listener = socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=both)
    listener.setblocking(False)
    return listener


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
