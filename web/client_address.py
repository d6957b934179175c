"""Whose request it is, behind proxies that are trusted to say so."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_LONGEST_HEADER = 2048


def client_address(
    peer: str | None, forwarded_for: str | None, trusted: Sequence[IPv4Network | IPv6Network]
) -> str:
    """The address of the client: the last in the chain that no trusted proxy stands for.

    Args:
        peer: the address at the other end of the socket; None once it is gone.
        forwarded_for: `X-Forwarded-For`, where each proxy appended whom it heard.
        trusted: networks of proxies whose entries are believed.

    Returns:
        An address, or "unknown".
    """
    current = _parsed(peer)
    if current is None:
        return "unknown"
    hops = (forwarded_for or "")[-_LONGEST_HEADER:].split(",")
    for hop in reversed(hops):
        if not any(current in network for network in trusted):
            break
        before = _parsed(hop)
        # A zone may be any text, and means nothing beyond the host that named it (RFC 4007 §6).
        if before is None or (isinstance(before, IPv6Address) and before.scope_id is not None):
            break
        current = before
    return str(current)


def is_trusted(peer: str | None, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether the other end of the socket is a proxy that is believed."""
    address = _parsed(peer)
    return address is not None and any(address in network for network in trusted)


def is_private(address: str) -> bool:
    """Whether this is no address of the public internet: where proxies stand (RFC 6890)."""
    found = _parsed(address)
    return found is not None and not found.is_global


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
