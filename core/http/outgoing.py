"""A client session that is opened at its first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.http.look_ups import LookUps
from core.version import VERSION

if TYPE_CHECKING:
    import aiohttp
USER_AGENT: Final = f"Helix/{VERSION}"


def build_plain(look_ups: LookUps) -> aiohttp.ClientSession:
    """The session for this process's own requests, to URLs that the operator configured."""
    from core.http.client_session import Resolver, build_session

    return build_session(Resolver(look_ups), user_agent=USER_AGENT)


class Outgoing:
    """Opens the session at its first use, and closes it once.

    Args:
        name: name of its look-up threads.
        build: makes the session.
    """

    def __init__(
        self, name: str = "outgoing", build: Callable[[LookUps], aiohttp.ClientSession] = build_plain
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._build = build
        self.look_ups = LookUps(name)

    def session(self) -> aiohttp.ClientSession:
        """The shared session; it stores no cookies."""
        if self._session is None:
            self._session = self._build(self.look_ups)
        return self._session

    async def close(self) -> None:
        """Closes its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        self.look_ups.close()
