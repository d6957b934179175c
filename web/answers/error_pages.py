"""Errors as an HTML page for browsers, as problem+json for other clients (RFC 9110 §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import hdrs, web

from web.answers.headers import HTML, PROBLEM_JSON, Headers, page_policy, standard
from web.answers.negotiation import choose_media_type
from web.answers.problems import NO_STORE, Problem, wire

# A client that does not prefer HTML gets problem+json.
_OFFERS: Final[tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...]] = (
    (PROBLEM_JSON, {}),
    ("text/html", {}),
)
_PAGE: Final = 1
_STATIC: Final = Path(__file__).parents[1] / "static"
_STYLE: Final = (_STATIC / "error.css").read_text(encoding="utf-8")
_TEMPLATE: Final = Template((_STATIC / "error.html").read_text(encoding="utf-8"))
_HEADERS: Final[Headers] = (
    *standard(page_policy(styles=(_STYLE.encode(),))),
    NO_STORE,
    ("Content-Type", HTML),
)
# Reads `Accept` from a head that could not be parsed.
_ACCEPT: Final = re.compile(rb"\r\naccept:[ \t]*([^\r\n]{1,512})", re.IGNORECASE)
_AUTHORIZATION: Final = re.compile(rb"\r\nauthorization:", re.IGNORECASE)


def wants_page(accept: str | None) -> bool:
    """Whether this `Accept` prefers HTML to JSON."""
    return choose_media_type(accept, _OFFERS) == _PAGE


def page_wanted(request: web.BaseRequest) -> bool:
    """Whether an error is sent as a page. A client that sends `Authorization` is a program, not a browser."""
    return hdrs.AUTHORIZATION not in request.headers and wants_page(request.headers.get(hdrs.ACCEPT))


def page_wanted_by(head: bytes) -> bool:
    """The same for the raw bytes of an unparsed or incomplete head."""
    accept = _ACCEPT.search(head)
    if accept is None or _AUTHORIZATION.search(head):
        return False
    return wants_page(accept[1].decode("latin-1"))


def refusal(
    problem: Problem, instance: str, *, as_page: bool, below: str | None = None, shared: bool = True
) -> web.Response:
    """The error response.

    Args:
        problem: what is wrong.
        instance: the requested path, or the incident's URN.
        as_page: whether it is an HTML page.
        below: the path of PUBLIC_URL, prefixed to the page's links; None for a page without links.
        shared: whether pages of other origins may read it.
    """
    if not as_page:
        return problem.response(instance, shared=shared)
    headers = {**dict(_HEADERS), **problem.headers}
    return web.Response(body=_page(problem, below), status=problem.status, headers=headers)


def refusal_wire(problem: Problem, *, as_page: bool) -> bytes:
    """The whole response as bytes, for a connection that is closed before a request could be parsed."""
    if not as_page:
        return problem.wire()
    return wire(problem.status, (*_HEADERS, *problem.headers.items()), _page(problem, None))


def _page(problem: Problem, below: str | None) -> bytes:
    return _TEMPLATE.substitute(
        style=_STYLE,
        status=problem.status,
        title=escape(HTTPStatus(problem.status).phrase),
        detail=escape(str(problem)),
        links="".join(
            f'<li><a href="{escape(address)}">{escape(text)}</a></li>'
            for address, text in _links(problem, below)
        ),
    ).encode()


def _links(problem: Problem, below: str | None) -> Iterator[tuple[str, str]]:
    """The links on the page: (address, text)."""
    if below is None:
        return
    suggestion = problem.members.get("suggestion")
    if isinstance(suggestion, str) and suggestion.startswith("/"):
        yield suggestion, suggestion
    yield f"{below}/", "Sign in" if problem.status == HTTPStatus.UNAUTHORIZED else "Dashboard"
    yield f"{below}/docs", "API"
