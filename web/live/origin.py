"""Origin check for WebSockets, because CORS does not apply to them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_same_origin(origin: str | None, host: str | None, public_url: str | None) -> bool:
    """Whether a page of this origin may open a WebSocket.

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
    scheme, name, _ = asked
    own = [_authority(f"{scheme}://{host}")] if host else []
    if public_url:
        known = _authority(public_url)
        if known == asked:
            return True
    return any(one is not None and one[1:] == asked[1:] for one in own) and bool(name)


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
