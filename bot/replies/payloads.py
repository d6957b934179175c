"""What a button carries beyond Discord's 100 characters: kept in the store under a short key."""

from __future__ import annotations

import hashlib

from core.store.kv import KeyValueStore

# A page of a person's own list is worth keeping for days; more than so many nobody turns back to.
MAX_PAYLOADS = 2_000
MAX_PAYLOAD_LENGTH = 4_000

_KEY_LENGTH = 20


class PayloadStore:
    """Payloads of one application, at most `MAX_PAYLOADS`; the oldest leave first."""

    def __init__(self, key_values: KeyValueStore, scope: str) -> None:
        self._key_values = key_values
        self._scope = f"{scope}#components"

    async def keep(self, payload: str) -> str:
        """The key under which `payload` can be found again; the same payload has the same key.

        Raises:
            ValueError: it is longer than `MAX_PAYLOAD_LENGTH`.
        """
        if len(payload) > MAX_PAYLOAD_LENGTH:
            raise ValueError(f"a button carries at most {MAX_PAYLOAD_LENGTH} characters")
        key = hashlib.sha256(payload.encode()).hexdigest()[:_KEY_LENGTH]
        await self._key_values.change(self._scope, key, lambda _: payload, keep=MAX_PAYLOADS)
        return key

    async def find(self, key: str) -> str | None:
        """The payload kept under `key`; None when it has left the store."""
        return await self._key_values.get(self._scope, key)
