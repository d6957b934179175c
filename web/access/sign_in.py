"""The sign-in page, sent instead of a page that needs READ_TOKEN."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from web.answers.error_pages import page_wanted
from web.answers.headers import HTML, standard
from web.answers.problems import Problem
from web.dashboard.page import DASHBOARD
from web.routing import RouteSpec


def sign_in_page(request: web.Request, spec: RouteSpec | None, problem: Problem) -> web.Response | None:
    """A 401 as the sign-in page, if a browser requested a page without a token; else None.

    Other routes get the error page, which links to one that has the sign-in page.
    """
    if (
        problem.status != HTTPStatus.UNAUTHORIZED
        or spec is None
        or not spec.is_page
        or not page_wanted(request)
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
