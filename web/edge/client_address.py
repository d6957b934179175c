"""The client's address, from `X-Forwarded-For` behind trusted proxies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import msgspec

_LONGEST_HEADER: Final = 2048
# A node as proxies write it (RFC 7239 §6): an address (IPv6 with optional brackets and zone), and an optional
# port, which may be an obfuscated name.
_PORT: Final = r"(?::(?:\d{1,5}|_[A-Za-z0-9._-]+))?"
_ZONE: Final = r"(?:%[A-Za-z0-9._~-]+)?"
_NODE: Final = re.compile(
    rf"(?P<v4>[0-9.]+){_PORT}|\[(?P<v6>[0-9A-Fa-f:.]+){_ZONE}\]{_PORT}|(?P<bare>[0-9A-Fa-f:.]+){_ZONE}"
)


class ClientAddress(msgspec.Struct, frozen=True):
    """A client's address.

    Attributes:
        address: the address, or "unknown".
        unreadable: the entry of `X-Forwarded-For` that should hold it but could not be parsed; else None.
    """

    address: str
    unreadable: str | None = None


def client_address(
    peer: str | None, forwarded_for: str | None, trusted: Sequence[IPv4Network | IPv6Network]
) -> ClientAddress:
    """The client's address: the last one in the chain that is not a trusted proxy.

    Args:
        peer: the address of the socket's peer; None once it is closed.
        forwarded_for: `X-Forwarded-For`, to which each proxy appends its peer; lines are joined by commas.
        trusted: the networks of trusted proxies.
    """
    current = _parsed(peer)
    if current is None:
        return ClientAddress("unknown")
    for hop in reversed(_hops(forwarded_for or "")):
        if not any(current in network for network in trusted):
            break
        before = _node(hop)
        if before is None:
            return ClientAddress(str(current), hop)
        current = before
    return ClientAddress(str(current))


def is_trusted(peer: str | None, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether the socket's peer is a trusted proxy."""
    address = _parsed(peer)
    return address is not None and any(address in network for network in trusted)


def is_private(address: str) -> bool:
    """Whether this is a private address, as proxies often have (RFC 6890)."""
    found = _parsed(address)
    return found is not None and not found.is_global


def _hops(forwarded_for: str) -> list[str]:
    """The non-empty entries; a list may have empty ones (RFC 9110 §5.6.1.2)."""
    entries = forwarded_for[-_LONGEST_HEADER:].split(",")
    if len(forwarded_for) > _LONGEST_HEADER:
        # The first entry may be truncated, and the rest of it may look like another address.
        del entries[0]
    return [hop for entry in entries if (hop := entry.strip())]


def _node(hop: str) -> IPv4Address | IPv6Address | None:
    """The address in an entry, without its zone, which is only valid on one host (RFC 4007 §6)."""
    quoted = len(hop) > 1 and hop[0] == hop[-1] == '"'
    found = _NODE.fullmatch(hop[1:-1] if quoted else hop)
    return None if found is None else _parsed(found["v4"] or found["v6"] or found["bare"])


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
