"""Response headers that several modules share."""

from __future__ import annotations

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
