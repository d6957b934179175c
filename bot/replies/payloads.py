"""Stores payloads that exceed the 100 characters of a custom id, under a short key."""

from __future__ import annotations

import hashlib

from core.store.kv import KeyValueStore

# Enough for several days of use.
MAX_PAYLOADS = 2_000
MAX_PAYLOAD_LENGTH = 4_000

_KEY_LENGTH = 20


class PayloadStore:
    """Payloads of one application, at most `MAX_PAYLOADS`; the oldest are dropped first."""

    def __init__(self, key_values: KeyValueStore, scope: str) -> None:
        self._key_values = key_values
        self._scope = f"{scope}#components"

    async def keep(self, payload: str) -> str:
        """Store `payload` and return its key; the same payload has the same key.

        Raises:
            ValueError: it is longer than `MAX_PAYLOAD_LENGTH`.
        """
        if len(payload) > MAX_PAYLOAD_LENGTH:
            raise ValueError(f"a button carries at most {MAX_PAYLOAD_LENGTH} characters")
        key = hashlib.sha256(payload.encode()).hexdigest()[:_KEY_LENGTH]
        await self._key_values.change(self._scope, key, lambda _: payload, keep=MAX_PAYLOADS)
        return key

    async def find(self, key: str) -> str | None:
        """The payload kept under `key`; None if it was dropped."""
        return await self._key_values.get(self._scope, key)
