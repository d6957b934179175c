"""The client session for this process's own outgoing requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.http.look_ups import LookUps
from core.version import VERSION

if TYPE_CHECKING:
    import aiohttp


class Outgoing:
    """Opens the session at its first use, and closes it once."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._look_ups = LookUps("outgoing")

    def session(self) -> aiohttp.ClientSession:
        """The shared session; it stores no cookies."""
        from core.http.client_session import Resolver, build_session

        if self._session is None:
            self._session = build_session(Resolver(self._look_ups), user_agent=f"Helix/{VERSION}")
        return self._session

    async def close(self) -> None:
        """Closes its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        self._look_ups.close()
