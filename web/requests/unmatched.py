"""What aiohttp's router refuses, in our words: no such path, no such method, and what OPTIONS is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aiohttp import web

from core.suggestions import closest
from web.answers.headers import CORS, standard
from web.answers.problems import Problem, plain_problem

_PREFLIGHT_HOLDS_S: Final = 600
# What a page of another origin may do; a preflight about any other method learns that it may not.
_CORS_METHODS: Final = "GET, HEAD"
_CORS_HEADERS: Final = "Authorization, If-None-Match, Last-Event-ID"


def translated(
    request: web.Request, error: web.HTTPException, paths: Collection[str], below: str
) -> web.StreamResponse:
    """The answer for an error that aiohttp raised by itself, ahead of a handler or in it.

    Args:
        request: what was asked.
        error: what aiohttp makes of it.
        paths: the paths that one could have meant.
        below: the path of PUBLIC_URL, under which they are found.

    Raises:
        Problem: what is wrong with the request.
    """
    if isinstance(error, web.HTTPMethodNotAllowed):
        allow = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return _options(allow, readable="GET" in error.allowed_methods)
        raise Problem(
            405, f"{request.method[:32]} is not possible here. Allowed: {allow}.", headers={"Allow": allow}
        )
    if isinstance(error, web.HTTPNotFound):
        raise _not_found(request.path.removeprefix(below), paths, below)
    raise plain_problem(error.status)


def _not_found(path: str, known: Collection[str], below: str) -> Problem:
    near = closest(path.rstrip("/"), known)
    if near is None:
        return Problem(404, "There is nothing here.")
    suggestion = below + near
    return Problem(404, f"There is nothing here. Did you mean {suggestion}?", suggestion=suggestion)


def _options(allow: str, *, readable: bool) -> web.Response:
    """What may be done here, also for a browser that asks ahead (Fetch standard, CORS preflight)."""
    headers = {**dict(standard()), "Allow": allow}
    if readable:
        headers |= {
            **dict(CORS),
            "Access-Control-Allow-Methods": _CORS_METHODS,
            "Access-Control-Allow-Headers": _CORS_HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_HOLDS_S),
        }
    return web.Response(status=204, headers=headers)
