"""Authenticates senders: Standard Webhooks, GitHub's signature, plain tokens; all in constant time.

Sources: Standard Webhooks specification, "Webhook Headers" and "Signature scheme"; GitHub Docs, "Validating
webhook deliveries".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, Literal

from core.errors import HelixError
from core.logs.secret import Secret

TOLERANCE_S: Final = 300
# A sender may list several signatures while it rotates its key; more than this is rejected.
_MOST_SIGNATURES: Final = 16
_LONGEST_ID: Final = 255
_LONGEST_HEADER: Final = 4_096
_VERSION: Final = "v1"
_GITHUB_SCHEME: Final = "sha256="
_PREFIX: Final = "whsec_"

Flaw = Literal["missing", "malformed", "too old", "too new", "wrong"]


class NotAuthentic(HelixError):
    """A message whose sender could not be authenticated.

    Attributes:
        flaw: the reason, from a short fixed list, for metrics.
    """

    def __init__(self, flaw: Flaw, text: str) -> None:
        self.flaw: Flaw = flaw
        super().__init__(text)


def decode_key(secret: Secret) -> bytes:
    """The bytes of a `whsec_<base64>` key; the settings have validated it."""
    return base64.b64decode(secret.reveal().removeprefix(_PREFIX))


def sign(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of `webhook-signature`: `v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`."""
    return f"{_VERSION},{base64.b64encode(_digest(key, message_id, str(timestamp_s), body)).decode()}"


def verify(
    keys: Sequence[bytes],
    *,
    message_id: str | None,
    timestamp: str | None,
    signature: str | None,
    body: bytes,
    now_s: float,
) -> str:
    """Returns the message's id if one of its signatures matches one of `keys`.

    Args:
        keys: the present key and those that are being rotated out.
        message_id: header `webhook-id`.
        timestamp: header `webhook-timestamp`, seconds since 1970.
        signature: header `webhook-signature`, a list separated by spaces.
        body: the request body, unchanged.
        now_s: the present time, in seconds since 1970.

    Raises:
        NotAuthentic: a header is missing or malformed, the time is over 5 minutes off, or none matches.
    """
    if not message_id or not timestamp or not signature:
        raise NotAuthentic(
            "missing", "webhook-id, webhook-timestamp and webhook-signature are required together."
        )
    if len(message_id) > _LONGEST_ID or not message_id.isascii() or not message_id.isprintable():
        raise NotAuthentic("malformed", "webhook-id must be 1 to 255 visible ASCII characters.")
    _check_moment(timestamp, now_s)
    offered = _decode_signatures(signature)
    right = [_digest(key, message_id, timestamp, body) for key in keys]
    # Compare every pair, so that the time taken does not reveal which one matches.
    matches = [hmac.compare_digest(one, other) for one in right for other in offered]
    if not any(matches):
        raise NotAuthentic("wrong", "webhook-signature does not match this body and key.")
    return message_id


def verify_github(secret: Secret, signature: str | None, body: bytes) -> None:
    """Accepts a body that GitHub signed (`X-Hub-Signature-256`).

    Raises:
        NotAuthentic: the header is missing, malformed or does not match.
    """
    if not signature:
        raise NotAuthentic("missing", "X-Hub-Signature-256 is missing. Set the webhook's secret at GitHub.")
    scheme, digest = signature[: len(_GITHUB_SCHEME)], signature[len(_GITHUB_SCHEME) :]
    if scheme != _GITHUB_SCHEME or len(digest) != 64 or not digest.isascii():
        raise NotAuthentic("malformed", "X-Hub-Signature-256 must be sha256= and 64 hexadecimal digits.")
    right = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, digest):
        raise NotAuthentic("wrong", "X-Hub-Signature-256 does not match this body and secret.")


def verify_token(secret: Secret, offered: str | None) -> None:
    """Accepts the token of a simple sender.

    Raises:
        NotAuthentic: it is missing or wrong.
    """
    if not offered:
        raise NotAuthentic("missing", "A token is required: send Authorization: Bearer …, or X-Helix-Token.")
    if not secret.matches(offered):
        raise NotAuthentic("wrong", "The token is wrong.")


def _check_moment(timestamp: str, now_s: float) -> None:
    # Ten digits last until the year 2286.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotAuthentic("malformed", "webhook-timestamp must be a whole number of seconds since 1970.")
    sent_s = int(timestamp)
    if sent_s < now_s - TOLERANCE_S:
        raise NotAuthentic("too old", "webhook-timestamp is over 5 minutes old. Check both clocks.")
    if sent_s > now_s + TOLERANCE_S:
        raise NotAuthentic("too new", "webhook-timestamp is over 5 minutes ahead. Check both clocks.")


def _decode_signatures(header: str) -> list[bytes]:
    """The `v1` signatures of the list; other versions are ignored, as the specification asks."""
    if len(header) > _LONGEST_HEADER or not header.isascii():
        raise NotAuthentic("malformed", "webhook-signature must be a list of v1,<base64>.")
    signatures = []
    for part in header.split(" ")[: _MOST_SIGNATURES + 1]:
        version, comma, text = part.partition(",")
        if version != _VERSION or not comma:
            continue
        try:
            signatures.append(base64.b64decode(text, validate=True))
        except binascii.Error:
            continue
    if not signatures or len(signatures) > _MOST_SIGNATURES:
        raise NotAuthentic("malformed", f"webhook-signature needs 1 to {_MOST_SIGNATURES} of v1,<base64>.")
    return signatures


def _digest(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    return hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
