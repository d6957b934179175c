"""How many connections there may be, in all and from one address."""

from __future__ import annotations

from collections import Counter
from typing import final

from core.settings import Settings
from web.client_address import is_trusted
from web.clients import key_of, peer_address
from web.problems import Problem


@final
class ConnectionLimits:
    """Counts open connections by client. A trusted proxy speaks for many clients, and is not limited."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_connections
        self._most_per_client = settings.max_connections_per_client
        self._trusted = settings.trusted_proxies
        self._open = 0
        self._by_client: Counter[str] = Counter()

    def enter(self, peer: str | None) -> str:
        """Count a connection from `peer`; gives the name under which it is counted.

        Raises:
            Problem: there are too many; it is not counted.
        """
        if self._open >= self._most:
            raise Problem(
                503, "Too many connections are open. Try again in a moment.", headers={"Retry-After": "1"}
            )
        client = key_of(peer_address(peer))
        limited = self._most_per_client and not is_trusted(peer, self._trusted)
        if limited and self._by_client[client] >= self._most_per_client:
            raise Problem(
                429,
                f"Too many connections are open from your address: at most {self._most_per_client}.",
                kind="connections",
                headers={"Retry-After": "1"},
            )
        self._open += 1
        self._by_client[client] += 1
        return client

    def leave(self, client: str) -> None:
        """Count one less of what `enter` gave."""
        self._open -= 1
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]
