"""What a page of ours may load: its own inline styles and scripts, known by their hashes, and no more."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256


def page_policy(
    *, styles: Iterable[bytes] = (), scripts: Iterable[bytes] = (), connects: bool = False
) -> str:
    """The Content-Security-Policy of a page (CSP Level 3, "Hash usage for inline elements").

    Args:
        styles: the text between each `<style>` and `</style>`, byte for byte.
        scripts: likewise of `<script>`.
        connects: whether its scripts may ask this server: fetch, EventSource, WebSocket.
    """
    directives = (
        "default-src 'none'",
        *_hashed("style-src", styles),
        *_hashed("script-src", scripts),
        "img-src 'self' data:",
        *(("connect-src 'self'",) if connects else ()),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(directives)


def _hashed(directive: str, contents: Iterable[bytes]) -> tuple[str, ...]:
    hashes = " ".join(f"'sha256-{b64encode(sha256(content).digest()).decode()}'" for content in contents)
    return (f"{directive} {hashes}",) if hashes else ()
