"""Read access: public, or by READ_TOKEN or a dashboard session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, final

import msgspec
from aiohttp import hdrs, web

from core.clock import Clock
from core.health.refusals import Refusals
from core.settings import Settings
from core.store.kv import KeyValueStore
from web.access.lockout import Lockout
from web.access.sessions import EndedSessions, Sessions
from web.answers.problems import Problem

# Browsers accept a `__Host-` cookie only with Secure, Path=/ and no Domain, and a `__Secure-` cookie only
# with Secure (RFC 6265bis §4.1.3). Below a path Helix shares its host, so its cookie is limited to that path.
COOKIE: Final = "helix_session"
SECURE_COOKIE: Final = "__Host-helix_session"
SECURE_COOKIE_BELOW: Final = "__Secure-helix_session"

_CHALLENGE: Final = 'Bearer realm="helix"'
_ENDED: Final = ("sessions", "ended")
_BY_SESSION: Final = web.RequestKey("by_session", bool)


@final
class ReadAccess:
    """Checks read access; without READ_TOKEN reading is public.

    Args:
        key_values: stores which sessions were ended.
        on_lockout: called with the lock-out in seconds when a client is locked out.

    Attributes:
        sessions: the dashboard sessions; None if no token is set.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        refusals: Refusals,
        key_values: KeyValueStore,
        *,
        on_lockout: Callable[[float], None],
    ) -> None:
        self._key_values = key_values
        self._on_lockout = on_lockout
        self._refusals = refusals
        self._token = settings.read_token or None
        self._lockout = Lockout(settings, clock, refusals)
        self.sessions = None if self._token is None else Sessions(self._token, clock)

    def check(self, request: web.Request) -> None:
        """Check that a request may read.

        Raises:
            Problem: 401 without a valid token or session, 429 if the client is locked out.
        """
        if self._token is None:
            return
        offered = request.headers.get(hdrs.AUTHORIZATION)
        if offered is not None:
            scheme, _, credentials = offered.partition(" ")
            self.authenticate(request, credentials.strip() if scheme.lower() == "bearer" else "")
        elif self.session_of(request) is not None:
            request[_BY_SESSION] = True
        else:
            self._refusals.count("token")
            raise Problem(
                401,
                "Reading needs the server's READ_TOKEN: send Authorization: Bearer …",
                headers={"WWW-Authenticate": _CHALLENGE},
            )

    def authenticate(self, request: web.Request, offered: str) -> None:
        """Compare an offered token with READ_TOKEN.

        Raises:
            Problem: 401 if it differs, 429 if the client is locked out.
        """
        self._lockout.check(request)
        if self._token is None or not self._token.matches(offered):
            if wait_s := self._lockout.count(request):
                self._on_lockout(wait_s)
            self._refusals.count("token")
            raise Problem(
                401,
                "This token is wrong.",
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
            )

    def may_read(self, request: web.Request) -> bool:
        """Whether this request may see values on a route that needs no token."""
        if self._token is None or self.session_of(request) is not None:
            return True
        if hdrs.AUTHORIZATION not in request.headers:
            return False
        try:
            self.check(request)
        except Problem:
            return False
        return True

    async def load_ended_sessions(self) -> None:
        """Load the sessions that were ended before this start."""
        kept = await self._key_values.get(*_ENDED)
        if self.sessions is not None and kept is not None:
            self.sessions.ended = msgspec.json.decode(kept, type=EndedSessions)

    async def end_sessions(self, request: web.Request) -> None:
        """End the sessions of this request, across restarts.

        Raises:
            StoreError: it could not be stored, so they are ended only until the restart.
        """
        found = self.sessions_of(request)
        if self.sessions is None or not found:
            return
        for value in found:
            self.sessions.end(value)
        await self._key_values.set(*_ENDED, msgspec.json.encode(self.sessions.ended).decode())

    def session_of(self, request: web.Request) -> str | None:
        """The cookie's value if it is a valid session, else None."""
        return next(iter(self.sessions_of(request)), None)

    def sessions_of(self, request: web.Request) -> tuple[str, ...]:
        """The valid session cookies; a browser has two if it signed in over http and https."""
        sessions = self.sessions
        if sessions is None:
            return ()
        offered = (request.cookies.get(name) for name in (SECURE_COOKIE, SECURE_COOKIE_BELOW, COOKIE))
        return tuple(value for value in offered if value is not None and sessions.holds(value))

    def lasts(self, request: web.Request) -> Callable[[], bool] | None:
        """A function that checks whether the request's session is still valid; None without a session."""
        sessions, value = self.sessions, self.session_of(request) if is_by_session(request) else None
        return None if sessions is None or value is None else partial(sessions.holds, value)


READ_ACCESS = web.AppKey("read_access", ReadAccess)


def is_by_session(request: web.BaseRequest) -> bool:
    """Whether a session authorized this request; then the fast path must not remember its head."""
    return _BY_SESSION in request
