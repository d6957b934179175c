"""Response headers that several parts agree on."""

from __future__ import annotations

Headers = tuple[tuple[str, str], ...]

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PROBLEM_JSON = "application/problem+json"

_STANDARD: Headers = (
    ("Server", "Helix"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
)

# A page shares no window with others, and asks for nothing of the device.
_OF_PAGES: Headers = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

# What is not a page needs nothing at all, should a browser ever show it as one.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

CORS: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Age, ETag, RateLimit, Retry-After, X-Cache"),
)


def standard(content_security_policy: str = DATA_POLICY) -> Headers:
    """What every answer carries, be it an error or a page; a page has a policy of its own."""
    more = () if content_security_policy == DATA_POLICY else _OF_PAGES
    return (*_STANDARD, *more, ("Content-Security-Policy", content_security_policy))
