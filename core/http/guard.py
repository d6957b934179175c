"""Prevents requests to internal addresses (OWASP, "Server-Side Request Forgery").

A URL is checked at subscription, and its resolved address again at each connection, so that a name cannot
point to a public address first and to an internal one later.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from core.errors import HelixError

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult

    from core.http.look_ups import LookUps

LONGEST_URL: Final = 2_048
_LOOK_UP_S: Final = 5.0
# RFC 6052: NAT64. The last 32 bits are the IPv4 address that the translator connects to.
_NAT64: Final = ip_network("64:ff9b::/96")
# RFC 3056: 6to4. The 32 bits after the prefix are the IPv4 address of the router.
_SIX_TO_FOUR: Final = ip_network("2002::/16")
# RFC 4291 §2.4: global unicast, the range of public IPv6 addresses. Others are internal, such as those of a
# local translator (64:ff9b:1::/48, RFC 8215).
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
# RFC 6890: IETF protocol assignments. One cloud serves its metadata there; Python 3.11 counts most as global.
_PROTOCOLS: Final = ip_network("192.0.0.0/24")
# Azure's internal address of the host machine: DNS, health probes, the machine's settings.
_AZURE_HOST: Final = IPv4Address("168.63.129.16")


class ForbiddenTarget(HelixError, OSError):
    """An address that requests may not go to."""


def is_public(address: str) -> bool:
    """Whether an IP address is public; an IPv4 address inside an IPv6 address must be public too."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(found)
    if inner is None and isinstance(found, IPv6Address) and found not in _GLOBAL_UNICAST:
        return False
    # Multicast counts as global, but is no server's address.
    return all(
        one.is_global and not one.is_multicast and one not in _PROTOCOLS and one != _AZURE_HOST
        for one in (found, inner)
        if one is not None
    )


def is_loopback_address(address: str) -> bool:
    """Whether an IP address, or the IPv4 address inside it, means this machine; False for host names."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(found)
    return (inner or found).is_loopback


def check_url(url: str, *, loopback: bool) -> SplitResult:
    """Checks the text of a URL and returns its parts; host names are resolved and checked later.

    Args:
        url: the URL that a subscriber gave.
        loopback: permits URLs of this machine, even with http (for the sandbox).

    Raises:
        ForbiddenTarget: not permitted; the text gives the rule.
    """
    wanted = "target_url must be a full https:// URL without a user name"
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise ForbiddenTarget(f"{wanted}, up to {LONGEST_URL} visible ASCII characters.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ForbiddenTarget(f"{wanted}.") from None
    if not host or parts.username is not None or parts.password is not None:
        raise ForbiddenTarget(f"{wanted}.")
    here = loopback and (host == "localhost" or is_loopback_address(host))
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise ForbiddenTarget(f"{wanted}.")
    if _is_literal(host) and not here and not is_public(host):
        raise ForbiddenTarget("target_url must point to a public address.")
    return parts


async def check_target(url: str, *, loopback: bool, look_ups: LookUps) -> None:
    """Resolves the host name and checks that all of its addresses are permitted.

    Raises:
        ForbiddenTarget: an address is not permitted, or the name cannot be resolved.
    """
    parts = check_url(url, loopback=loopback)
    host = parts.hostname or ""
    try:
        async with asyncio.timeout(_LOOK_UP_S):
            found = await look_ups.find(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        raise ForbiddenTarget("The host of target_url cannot be found. Check its spelling.") from None
    _check_all([str(entry[4][0]) for entry in found], loopback=loopback)


def build_session(*, loopback: bool, user_agent: str, look_ups: LookUps) -> aiohttp.ClientSession:
    """A session that connects only to permitted addresses (`core/http/client_session.py`)."""
    from core.http import client_session

    class Guarded(client_session.Resolver):
        """Refuses a host name if any of its addresses is forbidden."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            """The addresses of a host name.

            Raises:
                ForbiddenTarget: one of them is not permitted.
            """
            found = await super().resolve(host, port, family)
            _check_all([result["host"] for result in found], loopback=loopback)
            return found

    return client_session.build_session(Guarded(look_ups), user_agent=user_agent)


def _check_all(addresses: list[str], *, loopback: bool) -> None:
    for address in addresses:
        if not (is_public(address) or (loopback and is_loopback_address(address))):
            raise ForbiddenTarget("target_url must point to a public address.")
    if not addresses:
        raise ForbiddenTarget("The host of target_url cannot be found. Check its spelling.")


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 address; None if there is none."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
