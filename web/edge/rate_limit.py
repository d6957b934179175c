"""How much a client may ask for: a token bucket for each, in a bounded table."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Final, final

from core.clock import Clock

# Beyond it the client that was heard of longest ago is forgotten, which at worst fills its bucket again.
MAX_CLIENTS: Final = 4096
# A subscriber of IPv6 has at least this network to itself, and any address in it (RFC 6177 §2).
_IPV6_PREFIX: Final = 64


@final
class RateLimit:
    """So many requests a minute for each client, all of which may come at once.

    A bucket is kept as the one moment at which it will be full again (the "virtual scheduling" form of the
    generic cell rate algorithm, ITU-T I.371 annex A), so that nothing has to be refilled.

    Args:
        name: by which the headers call the policy.
        per_minute: what a client may ask for; 0 means that there is no limit.
        clock: what buckets fill by.
        max_clients: how many clients are remembered.
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
        """Takes one of the client's tokens; False where it has none left."""
        if not self.per_minute:
            return True
        now = self._monotonic()
        full_at = max(now, self._full_at.pop(client, now))
        # Taken out and put in again, so that the table is in the order of use.
        if full_at + self._interval_s - now > 60.0 + 1e-9:
            self._full_at[client] = full_at
            return False
        self._full_at[client] = full_at + self._interval_s
        if len(self._full_at) > self._max_clients:
            del self._full_at[next(iter(self._full_at))]
        return True

    def give_back(self, client: str) -> None:
        """Puts back a token that was taken for what turned out to cost nothing."""
        if client in self._full_at:
            self._full_at[client] -= self._interval_s

    def wait_s(self, client: str) -> float:
        """Seconds until the client has a token; 0 where it has one."""
        if not self.per_minute:
            return 0.0
        now = self._monotonic()
        return max(0.0, self._full_at.get(client, now) + self._interval_s - now - 60.0)

    def headers(self, client: str) -> dict[str, str]:
        """What a refused client is told (RFC 9110 §10.2.3; draft-ietf-httpapi-ratelimit-headers-10)."""
        wait_s = max(1, ceil(self.wait_s(client) - 1e-9))
        return {
            "Retry-After": str(wait_s),
            "RateLimit-Policy": f'"{self.name}";q={self.per_minute};w=60',
            "RateLimit": f'"{self.name}";r=0;t={wait_s}',
        }


def client_key(address: str) -> str:
    """Who counts as one client: an address of IPv4, the network of a subscriber in IPv6."""
    if ":" not in address:
        return address
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        found = IPv6Address(int(found))
    return str(IPv6Network((found, _IPV6_PREFIX), strict=False))
