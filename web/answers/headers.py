"""Response headers that several modules share, and the Content-Security-Policy of pages."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

Headers = tuple[tuple[str, str], ...]

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PROBLEM_JSON = "application/problem+json"
HEALTH_JSON = "application/health+json"

_STANDARD: Headers = (
    ("Server", "Helix"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
)

# Pages also isolate their window and use no device features.
_OF_PAGES: Headers = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

# Data loads nothing, even if a browser shows it as a page.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

CORS: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Age, ETag, RateLimit, Retry-After, X-Cache"),
)


def standard(content_security_policy: str = DATA_POLICY) -> Headers:
    """The headers of every response, errors included; pages pass a policy of their own."""
    more = () if content_security_policy == DATA_POLICY else _OF_PAGES
    return (*_STANDARD, *more, ("Content-Security-Policy", content_security_policy))


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
