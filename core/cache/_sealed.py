"""Keys of shared values, and values that show whether they are whole and belong to their key."""

from __future__ import annotations

import hashlib
from typing import Final

from core.version import VERSION

_SEAL_BYTES: Final = 16


def shared_key(kind: str, *depends_on: bytes) -> str:
    """The key of a value: its kind, the version of Helix, and a SHA-256 of all that it depends on."""
    digest = hashlib.sha256()
    for part in depends_on:
        # With their lengths, so that parts cannot be divided in two ways.
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"helix:{VERSION}:{kind}:{digest.hexdigest()}"


def seal(key: str, body: bytes) -> bytes:
    """The value as stored under `key`."""
    return _sum(key, body) + body


def unseal(key: str, stored: bytes) -> bytes | None:
    """The value that `seal` was given; None if it was damaged or stored under another key."""
    body = stored[_SEAL_BYTES:]
    return body if stored[:_SEAL_BYTES] == _sum(key, body) else None


def _sum(key: str, body: bytes) -> bytes:
    digest = hashlib.sha256(key.encode())
    digest.update(body)
    return digest.digest()[:_SEAL_BYTES]
