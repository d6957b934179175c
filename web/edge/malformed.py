"""Requests that are no HTTP as it is spoken here, and what their senders are told."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any, Final

from aiohttp import HttpVersion10, HttpVersion11

from core.http.aiohttp_internals import HttpProcessingError, LineTooLong, is_unparsed, unparsed
from web.answers.problems import Problem

_VERSIONS: Final = (HttpVersion11, HttpVersion10)


class _OtherVersion(HttpProcessingError):
    """A request in the words of HTTP/1 that says it is of another version."""

    code = 505


def refuse_other_versions(messages: MutableSequence[Any], heads: int) -> None:
    """Let no new request be answered in a version that is not spoken here (RFC 9110 §2.5).

    Args:
        messages: what aiohttp has parsed and not handled yet, each with its payload.
        heads: how many of them, at the end, are new.
    """
    for place in range(-min(heads, len(messages)), 0):
        message = messages[place][0]
        if not is_unparsed(message) and message.version not in _VERSIONS:
            messages[place] = unparsed(_OtherVersion(message=""), _OtherVersion.code)


def malformed(error: HttpProcessingError) -> Problem:
    """The answer to what the parser gave up on."""
    if isinstance(error, _OtherVersion):
        return Problem(505, "HTTP/1.1 is spoken here, and HTTP/1.0.")
    if isinstance(error, LineTooLong):
        return Problem(431, "The request line or a header field is too long.")
    if "Too many headers" in error.message:
        return Problem(431, "The request has too many header fields.")
    return Problem(400, "This is not a well-formed HTTP request.")
