"""The access rules of the server and the security schemes of the API."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from web.access.read_access import COOKIE, SECURE_COOKIE, SECURE_COOKIE_BELOW
from web.routing import RouteSpec


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that clients need to know.

    Attributes:
        base_url: the prefix of full URLs.
        read_token: whether reading needs a token.
        open_webhooks: whether sending events needs no authentication, as in the sandbox.
    """

    base_url: str
    read_token: bool
    open_webhooks: bool


SCHEMES: Final[dict[str, dict[str, Any]]] = {
    "readToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "`READ_TOKEN`, if this server has one.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": f"The session cookie that `POST /session` sets; over https it is `{SECURE_COOKIE}`,"
        f" and below a path `{SECURE_COOKIE_BELOW}`.",
    },
    "webhookToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "`WEBHOOK_TOKEN`.",
    },
    "helixToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Helix-Token",
        "description": "`WEBHOOK_TOKEN`, for senders that cannot set `Authorization`.",
    },
    "webhookId": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-id",
        "description": "Standard Webhooks: the message id, also its idempotency key.",
    },
    "webhookTimestamp": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-timestamp",
        "description": "Standard Webhooks: seconds since 1970, at most 5 minutes off.",
    },
    "webhookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` "
        "with a key of `WEBHOOK_SECRET`.",
    },
    "githubSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-Signature-256",
        "description": "GitHub's signature with `GITHUB_WEBHOOK_SECRET`.",
    },
}

_PROOFS: Final[dict[str, tuple[dict[str, list[str]], ...]]] = {
    "token": ({"webhookToken": []}, {"helixToken": []}),
    "standard-webhooks": ({"webhookId": [], "webhookTimestamp": [], "webhookSignature": []},),
    "github": ({"githubSignature": []},),
}


def requirements(spec: RouteSpec, terms: Terms) -> list[dict[str, list[str]]]:
    """The alternatives; a request must meet one of them. Empty for a public route."""
    if spec.auth == "webhook":
        proofs = [one for proof in spec.proofs for one in _PROOFS[proof]]
        return [{}, *proofs] if terms.open_webhooks else proofs
    if spec.auth == "read" and terms.read_token:
        return [{"readToken": []}, {"session": []}]
    return []
