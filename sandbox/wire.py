"""Encoding: JSON, snowflake ids as strings, times as ISO 8601."""

import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

JsonObject = dict[str, Any]
"""A JSON object in Discord's v10 format."""
MAX_DEPTH = 32


def encode(value: object) -> str:
    """The value as compact JSON text with unescaped non-ASCII characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decode(raw: str | bytes) -> object:
    """Decode JSON; refuses what could not be encoded again.

    Raises:
        ValueError: Invalid JSON, and NaN, Infinity, unpaired surrogates (not encodable as UTF-8), and nesting
            beyond 32 levels.
    """
    text = raw if isinstance(raw, str) else raw.decode()
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if _is_deeper(value, MAX_DEPTH):
        raise ValueError("nested too deep")
    if "\\u" in text:
        encode(value).encode()
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _is_deeper(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper(inner, levels - 1) for inner in value)
    return False


def iso(seconds: float) -> str:
    """A Unix time in seconds in Discord's format: ISO 8601 with microseconds and ``+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def json_response(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A response with the content type ``application/json``, without charset.

    discord.py compares the whole header, so it would read aiohttp's ``json_response``, which has a charset,
    as text.
    """
    return web.Response(
        body=encode(value).encode(), status=status, headers=headers, content_type="application/json"
    )


def as_id(value: object) -> int | None:
    """A snowflake from a JSON value (decimal string or integer), or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 < value < 1 << 63 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return as_id(int(value))
    return None
