"""Responses to malformed requests and to unsupported HTTP versions."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any, Final

from aiohttp import HttpVersion10, HttpVersion11

from core.http.aiohttp_internals import HttpProcessingError, LineTooLong, is_unparsed, unparsed
from web.answers.problems import Problem

_VERSIONS: Final = (HttpVersion11, HttpVersion10)


class _OtherVersion(HttpProcessingError):
    """A request in HTTP/1 syntax that names another version."""

    code = 505


def refuse_other_versions(messages: MutableSequence[Any], heads: int) -> None:
    """Replace new requests of an unsupported HTTP version by errors (RFC 9110 §2.5).

    Args:
        messages: aiohttp's parsed but unhandled messages, each with its payload.
        heads: how many of the last ones are new.
    """
    for place in range(-min(heads, len(messages)), 0):
        message = messages[place][0]
        if not is_unparsed(message) and message.version not in _VERSIONS:
            messages[place] = unparsed(_OtherVersion(message=""), _OtherVersion.code)


def malformed(error: HttpProcessingError) -> Problem:
    """The response to a parser error."""
    if isinstance(error, _OtherVersion):
        return Problem(505, "Use HTTP/1.1 or HTTP/1.0.")
    if isinstance(error, LineTooLong):
        return Problem(431, "The request line or a header field is too long.")
    if "Too many headers" in error.message:
        return Problem(431, "The request has too many header fields.")
    return Problem(400, "The request is not well-formed HTTP.")
