"""The client of a request: its address, parsed once, and its key for limits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from aiohttp import web

from web.edge.client_address import ClientAddress, client_address
from web.edge.rate_limit import client_key

_CLIENT: Final = web.RequestKey("client", ClientAddress)


def address_of(request: web.BaseRequest, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The client's address, or "unknown"; behind trusted proxies the forwarded address."""
    return client_of(request, trusted).address


def client_of(request: web.BaseRequest, trusted: Sequence[IPv4Network | IPv6Network]) -> ClientAddress:
    """The client's address, and the unreadable entry of `X-Forwarded-For`, if any."""
    found = request.get(_CLIENT)
    if found is None:
        if trusted:
            forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
            found = client_address(request.remote, forwarded_for, trusted)
        else:
            found = ClientAddress(peer_address(request.remote))
        request[_CLIENT] = found
    return found


@lru_cache(maxsize=1024)
def key_of(address: str) -> str:
    """The key for limits of the client with this address."""
    return client_key(address)


@lru_cache(maxsize=1024)
def peer_address(peer: str | None) -> str:
    """The address of a socket's peer, or "unknown"."""
    return client_address(peer, None, ()).address
