"""What a person gets in place of a page that asks for READ_TOKEN: a page on which to show it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from web.headers import HTML, PROBLEM_JSON, standard
from web.keys import DASHBOARD
from web.negotiation import choose_media_type
from web.problems import Problem
from web.routing import RouteSpec

# Who has no wish, or none for HTML in particular, gets what programs read.
_OFFERS: Final[tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...]] = (
    (PROBLEM_JSON, {}),
    ("text/html", {}),
)
_PAGE: Final = 1


def sign_in_page(request: web.Request, spec: RouteSpec | None, problem: Problem) -> web.Response | None:
    """The 401 as a page, where a browser asked for a page and showed no token; None where it did not.

    Only pages have it: a monitor that likes HTML best is to read of `/health` that it may not read it.
    """
    if (
        problem.status != HTTPStatus.UNAUTHORIZED
        or spec is None
        or not spec.is_page
        or hdrs.AUTHORIZATION in request.headers
        or choose_media_type(request.headers.get(hdrs.ACCEPT), _OFFERS) != _PAGE
    ):
        return None
    page = request.app[DASHBOARD]
    headers = {
        **dict(standard(page.content_security_policy)),
        "Cache-Control": "no-store",
        "Content-Type": HTML,
        **problem.headers,
    }
    return web.Response(body=page.sign_in, status=problem.status, headers=headers)
