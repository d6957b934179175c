"""Reads request bodies within a time limit."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from aiohttp import web

from core.text.numbers import plain
from core.text.surrogates import find_escaped_half
from core.text.wrong_field import wrong_field
from web.answers.headers import JSON
from web.answers.problems import Problem, too_large
from web.edge.clients import address_of, key_of
from web.keys import KERNEL
from web.requests.body_limit import BODY_LIMIT, PlaceTaken

T = TypeVar("T")

# Exceptions of decoding JSON.
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


async def read_record(request: web.Request, record: type[T]) -> T:
    """The body as a record.

    Raises:
        Problem: 415, not declared as JSON; 400, not JSON; 422, invalid, `field` names the field; or as
            `read_body`.
    """
    if request.content_type != JSON:
        raise Problem(415, "The body must be JSON: send Content-Type: application/json.")
    body = await read_body(request)
    try:
        return msgspec.json.decode(body, type=record)
    except msgspec.ValidationError as error:
        field, problem = wrong_field(error)
        raise Problem(
            422, f"{field}: {problem}." if field else f"{problem}.", kind="wrong-data", field=field or None
        ) from error
    except NOT_JSON as error:
        raise not_json(body, error) from error


def not_json(body: bytes, error: Exception) -> Problem:
    """The 400 for a body that is not JSON: what is wrong, and where."""
    try:
        text = body.decode()
    except UnicodeDecodeError as wrong:
        return Problem(400, f"The body is not UTF-8 text at byte {wrong.start + 1}.", kind="not-json")
    half = find_escaped_half(text)
    if half is None:
        return Problem(400, f"The body is not JSON: {error}.", kind="not-json")
    said = f"{text[half : half + 6]} is half of a character, at character {half + 1}"
    return Problem(400, f"The body is not JSON: {said}.", kind="not-json")


async def read_body(request: web.Request) -> bytes:
    """The whole body, unchanged.

    Raises:
        Problem: 400, the client disconnected or sent malformed chunks; 408, it took longer than
            BODY_TIMEOUT_S or lost its place to another body; 413, it exceeds MAX_BODY.
    """
    settings = request.app[KERNEL].settings
    longest_s = settings.body_timeout_s
    try:
        if request.content.is_eof():
            return await request.read()
        client = key_of(address_of(request, settings.trusted_proxies))
        async with request.app[BODY_LIMIT].place(client, request.content_length, longest_s):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large(settings.max_body) from error
    except (ConnectionError, web.RequestPayloadError) as error:
        # The client is gone; this status keeps the metrics from counting an incident.
        raise Problem(400, "The connection ended within the body.") from error
    except PlaceTaken as error:
        raise Problem(
            408, "Too many large bodies are being received; this one was the oldest. Retry."
        ) from error
    except TimeoutError as error:
        raise Problem(408, f"The body did not arrive within {plain(longest_s)} s.") from error
