"""POST /session and DELETE /session: dashboard sessions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from core.clock import Moment
from core.settings import Settings
from web.access.read_access import COOKIE, READ_ACCESS, SECURE_COOKIE, SECURE_COOKIE_BELOW
from web.access.sessions import LASTS_S
from web.answers.bodies import json_answer
from web.answers.headers import standard
from web.answers.problems import Problem
from web.edge.client_address import is_trusted
from web.keys import KERNEL
from web.live.streams import STREAMS
from web.requests.request_body import read_record
from web.routing import Reply, RequestBody, RouteSpec


class OfferedToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token that begins a session: READ_TOKEN."""

    token: str


class SessionBegun(msgspec.Struct, frozen=True):
    """A session has begun; this response sets its cookie.

    Attributes:
        ends_at: when the session expires.
    """

    ends_at: Moment


_PATH: Final = "/session"


async def post_session(request: web.Request) -> web.StreamResponse:
    """Begins a session: the cookie then counts as the token."""
    access = request.app[READ_ACCESS]
    _refuse_other_sites(request)
    offered = await read_record(request, OfferedToken)
    if access.sessions is None:
        raise Problem(409, "Reading is public here, so no session is needed.", kind="no-token")
    access.authenticate(request, offered.token)
    value, ends_at = access.sessions.begin()
    response = json_answer(HTTPStatus.OK, SessionBegun(ends_at))
    settings = request.app[KERNEL].settings
    secure = _is_secure(request, settings)
    _set_cookie(response, value, LASTS_S, secure=secure, below=settings.public_path)
    return response


async def delete_session(request: web.Request) -> web.StreamResponse:
    """Ends the session; succeeds without one too."""
    access = request.app[READ_ACCESS]
    _refuse_other_sites(request)
    try:
        await access.end_sessions(request)
    finally:
        request.app[STREAMS].recheck()
    response = web.Response(
        status=HTTPStatus.NO_CONTENT, headers={**dict(standard()), "Cache-Control": "no-store"}
    )
    for secure in (False, True):
        _set_cookie(response, "", 0, secure=secure, below=request.app[KERNEL].settings.public_path)
    return response


def _set_cookie(response: web.Response, value: str, lasts_s: int, *, secure: bool, below: str) -> None:
    secure_name = SECURE_COOKIE_BELOW if below else SECURE_COOKIE
    response.set_cookie(
        secure_name if secure else COOKIE,
        value,
        max_age=lasts_s,
        path=below or "/",
        secure=secure,
        httponly=True,
        samesite="Strict",
    )


def _is_secure(request: web.Request, settings: Settings) -> bool:
    """Whether the browser uses https, by PUBLIC_URL or a trusted proxy."""
    if settings.base_url.startswith("https://"):
        return True
    said = ",".join(request.headers.getall("X-Forwarded-Proto", [])).rpartition(",")[2].strip().lower()
    return said == "https" and is_trusted(request.remote, settings.trusted_proxies)


def _refuse_other_sites(request: web.Request) -> None:
    """Refuse requests from pages of other sites (Fetch metadata, "Sec-Fetch-Site")."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, "Only this server's own pages can begin or end a session.")


_TOKEN: Final = RequestBody(
    summary="The token; afterwards the cookie replaces it.",
    schema=lambda refer: refer(OfferedToken),
    examples={"token": {"token": "the value of READ_TOKEN"}},
)

ROUTES = (
    RouteSpec(
        method="POST",
        path=_PATH,
        handler=post_session,
        summary="Begins a dashboard session, if reading needs a token.",
        auth="none",
        group="Pages",
        body=_TOKEN,
        replies=(
            Reply(
                summary="The session has begun.",
                record=SessionBegun,
                headers={"Set-Cookie": "The session cookie: HttpOnly, SameSite=Strict."},
            ),
        ),
        problems={
            401: "The token is wrong.",
            403: "A page of another site asked.",
            409: "Reading is public here, so no session is needed.",
            422: "The body must contain exactly one `token`.",
            429: "This client sent too many wrong tokens.",
        },
        expected=(200, 415),
    ),
    RouteSpec(
        method="DELETE",
        path=_PATH,
        handler=delete_session,
        summary="Ends the dashboard session.",
        auth="none",
        group="Pages",
        replies=(Reply(status=204, summary="The session has ended, or there was none.", media_types=()),),
        problems={403: "A page of another site asked."},
        expected=(204,),
    ),
)
