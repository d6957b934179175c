"""The Content-Security-Policy of pages: files of this server, and inline parts by hash."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256


def page_policy(
    *,
    styles: Iterable[bytes] = (),
    scripts: Iterable[bytes] = (),
    files: bool = False,
    connects: bool = False,
) -> str:
    """The Content-Security-Policy of a page (CSP Level 3, "Hash usage for inline elements").

    Args:
        styles: the text between each `<style>` and `</style>`, byte for byte.
        scripts: the same for `<script>`.
        files: whether the page loads style sheets and scripts from this server.
        connects: whether its scripts may connect to this server: fetch, EventSource, WebSocket.
    """
    directives = (
        "default-src 'none'",
        *_sources("style-src", styles, files=files),
        *_sources("script-src", scripts, files=files),
        "img-src 'self' data:",
        *(("connect-src 'self'",) if connects else ()),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(directives)


def _sources(directive: str, contents: Iterable[bytes], *, files: bool) -> tuple[str, ...]:
    hashes = (f"'sha256-{b64encode(sha256(content).digest()).decode()}'" for content in contents)
    sources = " ".join((*(("'self'",) if files else ()), *hashes))
    return (f"{directive} {sources}",) if sources else ()
