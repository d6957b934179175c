"""How many connections there may be, in all and from one address, and which one makes room for another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final, Protocol, final

from core.settings import Settings
from web.answers.problems import Problem
from web.edge.client_address import is_trusted
from web.edge.clients import key_of, peer_address

# So many, in the order in which they came, are looked at for one that waits; it bounds what a newcomer costs.
_LOOKED_AT: Final = 256


class Held(Protocol):
    """A connection, as far as it is counted."""

    def waiting_since(self) -> float | None:
        """The earlier the longer no request has come to its end here; None where one is handled."""
        ...

    def make_room(self) -> None:
        """End it now, and leave."""
        ...


@final
class ConnectionLimits:
    """Holds the open connections by client. A trusted proxy speaks for many clients, and is not limited.

    A newcomer to a full house takes the place of the one that has waited longest for its client to ask
    something, so that connections which only wait, or drip a head, keep nobody out.
    """

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_connections
        self._most_per_client = settings.max_connections_per_client
        self._trusted = settings.trusted_proxies
        self._clients: dict[Held, str] = {}
        self._by_client: dict[str, dict[Held, None]] = {}

    def enter(self, connection: Held, peer: str | None) -> None:
        """Count a connection from `peer`, in place of one that waits where there are too many.

        Raises:
            Problem: there are too many, and all are busy; it is not counted.
        """
        client = key_of(peer_address(peer))
        own = self._by_client.get(client, {})
        limited = self._most_per_client and not is_trusted(peer, self._trusted)
        if limited and len(own) >= self._most_per_client and not _make_room(own):
            raise Problem(
                429,
                f"Too many connections are open from your address: at most {self._most_per_client}.",
                kind="connections",
                headers={"Retry-After": "1"},
            )
        if len(self._clients) >= self._most and not _make_room(self._clients):
            raise Problem(
                503, "Too many connections are open. Try again in a moment.", headers={"Retry-After": "1"}
            )
        self._clients[connection] = client
        self._by_client.setdefault(client, {})[connection] = None

    def leave(self, connection: Held) -> None:
        """Count one less; nothing where it is not counted."""
        client = self._clients.pop(connection, None)
        if client is None:
            return
        own = self._by_client[client]
        del own[connection]
        if not own:
            del self._by_client[client]


def _make_room(connections: Iterable[Held]) -> bool:
    """Whether one that waits has made room."""
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
