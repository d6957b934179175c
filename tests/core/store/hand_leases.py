"""Leases that a test grants and takes by hand, as another process would."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from core.store.leases import Holding, Lease


class HandLeases:
    """Nobody holds anything until `grant`; what is not granted is held by "node-b"."""

    def __init__(self) -> None:
        self._granted: dict[str, asyncio.Event] = {}
        self._tokens: Counter[str] = Counter()
        self._holdings: dict[str, set[Holding]] = {}
        self.waiting: Counter[str] = Counter()

    def grant(self, name: str) -> None:
        self._tokens[name] += 1
        self._event(name).set()

    def lose(self, name: str) -> None:
        self._event(name).clear()
        for holding in tuple(self._holdings.get(name, ())):
            holding.lose()

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[Lease]:
        self.waiting[name] += 1
        try:
            await self._event(name).wait()
        finally:
            self.waiting[name] -= 1
        holding = Holding(Lease(name, self._tokens[name]))
        self._holdings.setdefault(name, set()).add(holding)
        try:
            async with holding as lease:
                yield lease
        finally:
            self._holdings[name].discard(holding)

    def elsewhere(self) -> Mapping[str, str]:
        return {name: "node-b" for name, count in self.waiting.items() if count}

    def _event(self, name: str) -> asyncio.Event:
        return self._granted.setdefault(name, asyncio.Event())
