"""Reads again what other processes that share the store have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from core.runtime.supervisor import Supervisor
from core.store import Feed, FeedEntry

Reload = Callable[[], Awaitable[object]]


class Reloads:
    """What is read again, by kind of change.

    However many changes come while one is read, it is read once more. The loop begins with the first foreign
    change, so a process alone has none; after an error the supervisor starts it again, and nothing is lost.
    """

    def __init__(self, feed: Feed, supervisor: Supervisor) -> None:
        self._feed = feed
        self._supervisor = supervisor
        self._due: dict[Reload, None] = {}
        self._wake = asyncio.Event()
        self._is_begun = False

    def on(self, kinds: tuple[str, ...], reload: Reload) -> None:
        """Calls `reload` after another process changed any of these kinds."""

        def note(_entry: FeedEntry) -> None:
            self._due[reload] = None
            self._wake.set()
            if not self._is_begun:
                self._is_begun = True
                self._supervisor.add("reloads", self._run)

        self._feed.on(kinds, note, own=False)

    async def catch_up(self) -> None:
        """Reads what is due."""
        while self._due:
            reload = next(iter(self._due))
            # Before it is read, so that a change meanwhile makes it due again.
            del self._due[reload]
            try:
                await reload()
            except BaseException:
                self._due[reload] = None
                raise

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            await self.catch_up()
            await self._wake.wait()
