"""The parser of REDIS_URL, which knows what the client of Redis takes."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from core.logs.secret import Secret

_RIGHT: Final = (
    "the address of a Redis server like redis://:password@host:6379/0 (rediss:// for TLS), or"
    " unix:///path/of/socket; after ? only db, ssl_cert_reqs (required or none) and ssl_ca_certs"
)


def redis_url(text: str) -> Secret:
    """The address of a Redis server; it may hold a password, so it is a secret."""
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(_RIGHT)
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        _ = parts.port
    except ValueError:
        raise ValueError(_RIGHT) from None
    if not _leads_somewhere(parts) or not all(_is_option(*option) for option in options.items()):
        raise ValueError(_RIGHT)
    return Secret(text)


def _leads_somewhere(parts: SplitResult) -> bool:
    if parts.fragment:
        return False
    if parts.scheme == "unix":
        return not parts.hostname and parts.path not in {"", "/"}
    database = parts.path.removeprefix("/")
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and _is_number(database or "0")


def _is_option(name: str, value: str) -> bool:
    # Others would undo what the client is set to, such as its time limits.
    match name:
        case "db":
            return _is_number(value)
        case "ssl_cert_reqs":
            return value in {"required", "none"}
        case _:
            return name == "ssl_ca_certs"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
