"""The shapes that travel: JSON objects, snowflake ids as strings, times as ISO 8601."""

import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

JsonObject = dict[str, Any]
"""A JSON object in Discord's v10 shape."""


def encode(value: object) -> str:
    """The value as compact JSON text; non-ASCII characters stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def iso(seconds: float) -> str:
    """A Unix time in seconds as Discord writes it: ISO 8601 with microseconds and ``+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def json_response(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer whose content type is exactly ``application/json``.

    discord.py compares that header as a whole, so aiohttp's own ``json_response`` (which names a charset)
    would be read as text.
    """
    return web.Response(
        body=encode(value).encode(), status=status, headers=headers, content_type="application/json"
    )


def as_id(value: object) -> int | None:
    """A snowflake from a JSON value (decimal string or integer), or None where it is no such thing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 < value < 1 << 63 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return as_id(int(value))
    return None
