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

# What is not a page needs nothing at all, should a browser ever show it as one.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

CORS: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Age, ETag, X-Cache"),
)


def standard(content_security_policy: str = DATA_POLICY) -> Headers:
    """What every answer carries, be it an error or a page."""
    return (*_STANDARD, ("Content-Security-Policy", content_security_policy))
