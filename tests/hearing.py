"""Whoever listens to the broadcaster in a test."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from core.broadcast import Broadcaster, Event


class Hearing:
    """The events of some topics, as an async iterator; `close` ends it after what was heard.

    Their data is any record, so they are given untyped.
    """

    def __init__(self, broadcaster: Broadcaster, *topics: str) -> None:
        self._topics = topics
        self._heard: deque[Event] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self._stop = broadcaster.listen(self._hear)

    def __aiter__(self) -> Hearing:
        return self

    async def __anext__(self) -> Any:
        async with asyncio.timeout(40):
            while not self._heard:
                if self._closed:
                    raise StopAsyncIteration
                self._news.clear()
                await self._news.wait()
        return self._heard.popleft()

    def close(self) -> None:
        self._stop()
        self._closed = True
        self._news.set()

    def _hear(self, event: Event) -> None:
        if event.topic in self._topics:
            self._heard.append(event)
            self._news.set()
