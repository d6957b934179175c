"""Limits the connections in total and per client; at a limit, a new one replaces the longest-idle one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final, Protocol, final

from core.settings import Settings
from web.answers.problems import Problem
from web.edge.client_address import is_trusted
from web.edge.clients import key_of, peer_address

# How many of the oldest connections are searched for an idle one; bounds the cost of a new connection.
_LOOKED_AT: Final = 256


class Held(Protocol):
    """The part of a connection that the limits use."""

    def waiting_since(self) -> float | None:
        """Idle since (loop time); None while busy."""

    def make_room(self) -> None:
        """Close it now, to make room for another."""


@final
class ConnectionLimits:
    """The open connections by client. Trusted proxies have no limit per client.

    At a limit a new connection replaces the longest-idle one: idle connections and slow heads block nobody.
    """

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_connections
        self._most_per_client = settings.max_connections_per_client
        self._trusted = settings.trusted_proxies
        self._clients: dict[Held, str] = {}
        self._by_client: dict[str, dict[Held, None]] = {}

    def enter(self, connection: Held, peer: str | None) -> None:
        """Count a connection from `peer`; at a limit, close the longest-idle one.

        Raises:
            Problem: a limit is reached and all connections are busy; this one is not counted.
        """
        client = key_of(peer_address(peer))
        own = self._by_client.get(client, {})
        limited = self._most_per_client and not is_trusted(peer, self._trusted)
        if limited and len(own) >= self._most_per_client and not _make_room(own):
            raise Problem(
                429,
                f"Too many connections from your address: at most {self._most_per_client}.",
                kind="connections",
                headers={"Retry-After": "1"},
            )
        if len(self._clients) >= self._most and not _make_room(self._clients):
            raise Problem(
                503, "Too many connections are open. Retry in a moment.", headers={"Retry-After": "1"}
            )
        self._clients[connection] = client
        self._by_client.setdefault(client, {})[connection] = None

    def leave(self, connection: Held) -> None:
        """Stop counting a connection; no-op if it is not counted."""
        client = self._clients.pop(connection, None)
        if client is None:
            return
        own = self._by_client[client]
        del own[connection]
        if not own:
            del self._by_client[client]


def _make_room(connections: Iterable[Held]) -> bool:
    """Close the longest-idle connection; returns whether there was one."""
    waiting = [
        (since, connection)
        for connection in islice(connections, _LOOKED_AT)
        if (since := connection.waiting_since()) is not None
    ]
    if not waiting:
        return False
    _, longest = min(waiting, key=lambda found: found[0])
    longest.make_room()
    return True
