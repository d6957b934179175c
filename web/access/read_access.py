"""Who may read: everyone, or whoever shows READ_TOKEN or a session of the dashboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, final

import msgspec
from aiohttp import hdrs, web

from core.clock import Clock
from core.health.refusals import Refusals
from core.settings import Settings
from core.store.kv import KeyValue
from web.access.guesses import Guesses
from web.access.sessions import EndedSessions, Sessions
from web.answers.problems import Problem

# Browsers take a name with `__Host-` only with Secure, Path=/ and no Domain, and one with `__Secure-` only
# with Secure (RFC 6265bis §4.1.3). Below a path Helix shares its host with others; its cookie has that path.
COOKIE: Final = "helix_session"
SECURE_COOKIE: Final = "__Host-helix_session"
SECURE_COOKIE_BELOW: Final = "__Secure-helix_session"

_CHALLENGE: Final = 'Bearer realm="helix"'
_ENDED: Final = ("sessions", "ended")
_BY_SESSION: Final = web.RequestKey("by_session", bool)


@final
class ReadAccess:
    """Checks the token of readers; without READ_TOKEN everything is open.

    Args:
        remembered: keeps which sessions were ended.
        on_guesser: called with the seconds for which a client that was wrong too often is not compared.

    Attributes:
        sessions: those of the dashboard; None where no token is set.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        refusals: Refusals,
        remembered: KeyValue,
        *,
        on_guesser: Callable[[float], None],
    ) -> None:
        self._remembered = remembered
        self._on_guesser = on_guesser
        self._refusals = refusals
        self._token = settings.read_token or None
        self._guesses = Guesses(settings, clock, refusals)
        self.sessions = None if self._token is None else Sessions(self._token, clock)

    def check(self, request: web.Request) -> None:
        """Let a reader through.

        Raises:
            Problem: 401 without the token, 429 after too many wrong ones.
        """
        if self._token is None:
            return
        offered = request.headers.get(hdrs.AUTHORIZATION)
        if offered is not None:
            scheme, _, credentials = offered.partition(" ")
            self.prove(request, credentials.strip() if scheme.lower() == "bearer" else "")
        elif self.session_of(request) is not None:
            request[_BY_SESSION] = True
        else:
            self._refusals.count("token")
            raise Problem(
                401,
                "Reading needs the token of this server: Authorization: Bearer …",
                headers={"WWW-Authenticate": _CHALLENGE},
            )

    def prove(self, request: web.Request, offered: str) -> None:
        """Compare what a client offers with the token; a client that was wrong too often is not compared.

        Raises:
            Problem: 401 where it is another, 429 after too many of those.
        """
        self._guesses.check(request)
        if self._token is None or not self._token.matches(offered):
            if wait_s := self._guesses.count(request):
                self._on_guesser(wait_s)
            self._refusals.count("token")
            raise Problem(
                401,
                "This token does not open this server.",
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
            )

    def may_read(self, request: web.Request) -> bool:
        """Whether this request may see what readers see, on routes that need no token."""
        if self._token is None or self.session_of(request) is not None:
            return True
        if hdrs.AUTHORIZATION not in request.headers:
            return False
        try:
            self.check(request)
        except Problem:
            return False
        return True

    async def recall(self) -> None:
        """Read which sessions were ended before this start."""
        kept = await self._remembered.get(*_ENDED)
        if self.sessions is not None and kept is not None:
            self.sessions.ended = msgspec.json.decode(kept, type=EndedSessions)

    async def end_sessions(self, request: web.Request) -> None:
        """End the sessions of this request; they stay ended after a restart.

        Raises:
            StoreError: it could not be kept, so they are ended until the restart only.
        """
        found = self.sessions_of(request)
        if self.sessions is None or not found:
            return
        for value in found:
            self.sessions.end(value)
        await self._remembered.set(*_ENDED, msgspec.json.encode(self.sessions.ended).decode())

    def session_of(self, request: web.Request) -> str | None:
        """The cookie's value, where it stands for a session that goes on."""
        return next(iter(self.sessions_of(request)), None)

    def sessions_of(self, request: web.Request) -> tuple[str, ...]:
        """As `session_of`, all of them: a browser has two where one was begun over http, one over https."""
        sessions = self.sessions
        if sessions is None:
            return ()
        offered = (request.cookies.get(name) for name in (SECURE_COOKIE, SECURE_COOKIE_BELOW, COOKIE))
        return tuple(value for value in offered if value is not None and sessions.holds(value))

    def lasts(self, request: web.Request) -> Callable[[], bool] | None:
        """Asks whether the session that let this request in still goes on; None where none did."""
        sessions, value = self.sessions, self.session_of(request) if is_by_session(request) else None
        return None if sessions is None or value is None else partial(sessions.holds, value)


READ_ACCESS = web.AppKey("read_access", ReadAccess)


def is_by_session(request: web.BaseRequest) -> bool:
    """Whether a session let this request in: its bytes mean another thing once that session has ended."""
    return _BY_SESSION in request
