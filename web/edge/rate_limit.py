"""Rate limiting: a token bucket for each client, in a bounded table."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Final, final

from core.clock import Clock

# Beyond this the least recently seen client is forgotten, which at worst refills its bucket.
MAX_CLIENTS: Final = 4096
# An IPv6 subscriber has at least a network of this size, and all its addresses (RFC 6177 §2).
_IPV6_PREFIX: Final = 64


@final
class RateLimit:
    """Limits the requests of each client per minute; a full minute's worth may come in one burst.

    A bucket is stored as the time at which it will be full again (GCRA in its "virtual scheduling" form,
    ITU-T I.371 annex A), so nothing has to be refilled.

    Args:
        name: the name of the policy in the headers.
        per_minute: requests per minute and client; 0 means no limit.
        clock: the clock by which buckets refill.
        max_clients: the maximum number of remembered clients.
    """

    def __init__(self, name: str, per_minute: int, clock: Clock, *, max_clients: int = MAX_CLIENTS) -> None:
        self.name = name
        self.per_minute = per_minute
        self._max_clients = max_clients
        self._monotonic = clock.monotonic
        self._interval_s = 60.0 / per_minute if per_minute else 0.0
        self._full_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str) -> bool:
        """Take one of the client's tokens; returns False if it has none left."""
        if not self.per_minute:
            return True
        now = self._monotonic()
        full_at = max(now, self._full_at.pop(client, now))
        # Removed and inserted again, to keep the table in order of use.
        if full_at + self._interval_s - now > 60.0 + 1e-9:
            self._full_at[client] = full_at
            return False
        self._full_at[client] = full_at + self._interval_s
        if len(self._full_at) > self._max_clients:
            del self._full_at[next(iter(self._full_at))]
        return True

    def wait_s(self, client: str) -> float:
        """Seconds until the client has a token; 0 if it has one."""
        if not self.per_minute:
            return 0.0
        now = self._monotonic()
        return max(0.0, self._full_at.get(client, now) + self._interval_s - now - 60.0)

    def headers(self, client: str) -> dict[str, str]:
        """The headers of a 429 (RFC 9110 §10.2.3; draft-ietf-httpapi-ratelimit-headers-10)."""
        wait_s = max(1, ceil(self.wait_s(client) - 1e-9))
        return {
            "Retry-After": str(wait_s),
            "RateLimit-Policy": f'"{self.name}";q={self.per_minute};w=60',
            "RateLimit": f'"{self.name}";r=0;t={wait_s}',
        }


def client_key(address: str) -> str:
    """The client of an address: the address itself in IPv4, its subscriber network in IPv6."""
    if ":" not in address:
        return address
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        found = IPv6Address(int(found))
    return str(IPv6Network((found, _IPV6_PREFIX), strict=False))
