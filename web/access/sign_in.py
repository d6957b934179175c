"""What a person gets in place of a page that asks for READ_TOKEN: a page on which to show it."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from web.answers.error_pages import page_wanted
from web.answers.headers import HTML, standard
from web.answers.problems import Problem
from web.dashboard.page import DASHBOARD
from web.routing import RouteSpec


def sign_in_page(request: web.Request, spec: RouteSpec | None, problem: Problem) -> web.Response | None:
    """The 401 as a page, where a browser asked for a page and showed no token; None where it did not.

    Only pages have it; elsewhere the page about the error leads to one.
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
