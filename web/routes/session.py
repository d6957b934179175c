"""POST /session and DELETE /session: READ_TOKEN once, on the dashboard."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

from core.settings import Settings
from web.access.read_access import COOKIE, READ_ACCESS, SECURE_COOKIE, SECURE_COOKIE_BELOW
from web.access.sessions import LASTS_S
from web.answers.bodies import json_answer
from web.answers.headers import JSON, standard
from web.answers.problems import Problem
from web.edge.client_address import is_trusted
from web.keys import KERNEL
from web.live.streams import STREAMS
from web.records.session import OfferedToken, SessionBegun
from web.requests.request_body import read_record
from web.routing import Reply, RequestBody, RouteSpec

_PATH: Final = "/session"


async def post_session(request: web.Request) -> web.StreamResponse:
    """Begins a session: the cookie then counts as the token."""
    access = request.app[READ_ACCESS]
    _refuse_other_sites(request)
    if request.content_type != JSON:
        raise Problem(415, "A session is asked for as JSON: Content-Type: application/json.")
    offered = await read_record(request, OfferedToken)
    if access.sessions is None:
        raise Problem(409, "Reading is public here, so there is nothing to open.", kind="no-token")
    access.prove(request, offered.token)
    value, ends_at = access.sessions.begin()
    response = json_answer(HTTPStatus.OK, SessionBegun(ends_at))
    settings = request.app[KERNEL].settings
    secure = _is_secure(request, settings)
    _set_cookie(response, value, LASTS_S, secure=secure, below=settings.public_path)
    return response


async def delete_session(request: web.Request) -> web.StreamResponse:
    """Ends the session, also where there is none."""
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
    """Whether the browser speaks https to us, as PUBLIC_URL or a trusted proxy says."""
    if settings.base_url.startswith("https://"):
        return True
    said = ",".join(request.headers.getall("X-Forwarded-Proto", [])).rpartition(",")[2].strip().lower()
    return said == "https" and is_trusted(request.remote, settings.trusted_proxies)


def _refuse_other_sites(request: web.Request) -> None:
    """A page elsewhere must not open or end a session here (Fetch metadata, "Sec-Fetch-Site")."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, "A session is begun and ended on this server's own pages.")


_TOKEN: Final = RequestBody(
    summary="The token, once; from then on the cookie counts as it.",
    schema=lambda refer: refer(OfferedToken),
    examples={"token": {"token": "the value of READ_TOKEN"}},
)

ROUTES = (
    RouteSpec(
        method="POST",
        path=_PATH,
        handler=post_session,
        summary="Begins a session of the dashboard, where reading needs a token.",
        needs_token="none",  # noqa: S106 - the kind of token, not one
        group="Pages",
        body=_TOKEN,
        replies=(
            Reply(
                summary="It has begun.",
                record=SessionBegun,
                headers={"Set-Cookie": "What counts as the token: HttpOnly, SameSite=Strict."},
            ),
        ),
        problems={
            401: "This is not the token.",
            403: "A page of another site asked.",
            409: "Reading is public here.",
            422: "The body has no token, or more than one.",
            429: "Too many wrong tokens came from this client.",
        },
        expected=(200, 415),
    ),
    RouteSpec(
        method="DELETE",
        path=_PATH,
        handler=delete_session,
        summary="Ends the session of the dashboard.",
        needs_token="none",  # noqa: S106 - the kind of token, not one
        group="Pages",
        replies=(Reply(status=204, summary="It has ended, or there was none.", media_types=()),),
        problems={403: "A page of another site asked."},
        expected=(204,),
    ),
)
