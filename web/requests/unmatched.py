"""Responses for what aiohttp's router does not match: unknown paths and methods, and OPTIONS."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aiohttp import web

from core.suggestions import closest
from web.answers.headers import CORS, standard
from web.answers.problems import Problem, plain_problem

_PREFLIGHT_HOLDS_S: Final = 600
# What pages of other origins may do; a preflight for any other method fails.
_CORS_METHODS: Final = "GET, HEAD"
_CORS_HEADERS: Final = "Authorization, If-None-Match, Last-Event-ID"


def translated(
    request: web.Request, error: web.HTTPException, paths: Collection[str], below: str
) -> web.StreamResponse:
    """The response to an HTTP error that aiohttp raised itself, such as 404 or 405.

    Args:
        request: the request.
        error: aiohttp's error.
        paths: the known paths, for suggestions.
        below: the path of PUBLIC_URL, the prefix of the suggestion.

    Raises:
        Problem: the error to send.
    """
    if isinstance(error, web.HTTPMethodNotAllowed):
        allow = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return _options(allow, readable="GET" in error.allowed_methods)
        raise Problem(
            405,
            f"This path does not support {request.method[:32]}. Allowed: {allow}.",
            headers={"Allow": allow},
        )
    if isinstance(error, web.HTTPNotFound):
        raise _not_found(request.path.removeprefix(below), paths, below)
    raise plain_problem(error.status)


def _not_found(path: str, known: Collection[str], below: str) -> Problem:
    near = closest(path.rstrip("/"), known)
    if near is None:
        return Problem(404, "Nothing exists at this path.")
    suggestion = below + near
    return Problem(404, f"Nothing exists at this path. Did you mean {suggestion}?", suggestion=suggestion)


def _options(allow: str, *, readable: bool) -> web.Response:
    """The answer to OPTIONS, CORS preflight included (Fetch standard)."""
    headers = {**dict(standard()), "Allow": allow}
    if readable:
        headers |= {
            **dict(CORS),
            "Access-Control-Allow-Methods": _CORS_METHODS,
            "Access-Control-Allow-Headers": _CORS_HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_HOLDS_S),
        }
    return web.Response(status=204, headers=headers)
