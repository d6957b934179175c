"""The opening handshake of a WebSocket (RFC 6455 §4.2), and the check of its origin."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from web.answers.problems import Problem

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_VERSION: Final = "13"
_KEY_BYTES: Final = 16
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(request: web.Request) -> str:
    """The value of `Sec-WebSocket-Accept`.

    Raises:
        Problem: not a handshake (426), or an invalid one (400).
    """
    headers = request.headers
    if request.method != hdrs.METH_GET:
        raise _upgrade_required("Open a WebSocket with GET.")
    if "websocket" not in _tokens(headers.getall("Upgrade", [])) or "upgrade" not in _tokens(
        headers.getall("Connection", [])
    ):
        raise _upgrade_required("This route is a WebSocket: send an upgrade request, or use GET /events.")
    if headers.get("Sec-WebSocket-Version") != _VERSION:
        raise _upgrade_required(f"Only version {_VERSION} of the WebSocket protocol is supported.")
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        length = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != _KEY_BYTES:
        raise Problem(400, f"Sec-WebSocket-Key must be {_KEY_BYTES} bytes in Base64.", kind="bad-handshake")
    # The protocol requires SHA-1; it protects nothing here (§10.8).
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _upgrade_required(detail: str) -> Problem:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": _VERSION}
    return Problem(426, detail, kind="upgrade-required", headers=headers)


def _tokens(values: list[str]) -> set[str]:
    return {token.strip().lower() for value in values for token in value.split(",")}


def is_same_origin(origin: str | None, host: str | None, public_url: str | None) -> bool:
    """Whether a page of this origin may open a WebSocket; CORS does not apply to them.

    Args:
        origin: the header; None from clients that are not browsers, which are allowed.
        host: the `Host` of the request. The scheme is not compared, because a proxy may have ended TLS.
        public_url: the public URL, which is allowed too.
    """
    if origin is None:
        return True
    asked = _authority(origin)
    if asked is None:
        return False
    return asked in (_authority(f"{asked[0]}://{host or ''}"), _authority(public_url or ""))


def _authority(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http or https URL; None for other URLs."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.lower(), port if port is not None else _DEFAULT_PORTS[parts.scheme]
