"""Who sent a request: its address, found once, and the name under which it is limited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from aiohttp import web

from web.client_address import client_address
from web.rate_limit import client_key

_ADDRESS: Final = web.RequestKey("address", str)


def address_of(request: web.BaseRequest, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The address of the client, or "unknown"; behind trusted proxies, whom they speak for."""
    found = request.get(_ADDRESS)
    if found is None:
        if trusted:
            forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
            found = client_address(request.remote, forwarded_for, trusted)
        else:
            found = peer_address(request.remote)
        request[_ADDRESS] = found
    return found


@lru_cache(maxsize=1024)
def key_of(address: str) -> str:
    """The client that this address belongs to, for limits."""
    return client_key(address)


@lru_cache(maxsize=1024)
def peer_address(peer: str | None) -> str:
    """The address at the other end of a socket, or "unknown"."""
    return client_address(peer, None, ())
