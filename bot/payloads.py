"""What a button carries beyond Discord's 100 characters: kept in the store under a short key."""

from __future__ import annotations

import hashlib

import msgspec

from core.clock import Clock
from core.memory_table import KeyValue

# A page of a person's own list is worth keeping for days; more than so many nobody turns back to.
MAX_PAYLOADS = 500
MAX_PAYLOAD_LENGTH = 4_000

_KEY_LENGTH = 20


class _Kept(msgspec.Struct):
    kept_at_s: float
    payload: str


class PayloadStore:
    """Payloads of one application, at most `MAX_PAYLOADS`; the oldest leave first."""

    def __init__(self, remembered: KeyValue, scope: str, clock: Clock) -> None:
        self._remembered = remembered
        self._scope = f"{scope}#components"
        self._clock = clock

    async def keep(self, payload: str) -> str:
        """The key under which `payload` can be found again; the same payload has the same key.

        Raises:
            ValueError: it is longer than `MAX_PAYLOAD_LENGTH`.
        """
        if len(payload) > MAX_PAYLOAD_LENGTH:
            raise ValueError(f"a button carries at most {MAX_PAYLOAD_LENGTH} characters")
        key = hashlib.sha256(payload.encode()).hexdigest()[:_KEY_LENGTH]
        kept = _Kept(self._clock.now().timestamp(), payload)
        await self._remembered.set(self._scope, key, msgspec.json.encode(kept).decode())
        await self._prune()
        return key

    async def find(self, key: str) -> str | None:
        """The payload kept under `key`; None when it has left the store."""
        value = await self._remembered.get(self._scope, key)
        return None if value is None else _decode(value).payload

    async def _prune(self) -> None:
        kept = await self._remembered.items(self._scope)
        surplus = len(kept) - MAX_PAYLOADS
        if surplus <= 0:
            return
        for key in sorted(kept, key=lambda key: _decode(kept[key]).kept_at_s)[:surplus]:
            await self._remembered.delete(self._scope, key)


def _decode(value: str) -> _Kept:
    return msgspec.json.decode(value, type=_Kept)
