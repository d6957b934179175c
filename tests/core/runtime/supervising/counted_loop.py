"""A loop that a test can watch."""

import asyncio
import contextlib

from core.errors import Away


class Loop:
    """A run that does what the test says: return, crash, or stay."""

    def __init__(self, *outcomes: str) -> None:
        self.outcomes = list(outcomes)
        self.runs = 0
        self.ran = asyncio.Condition()
        self.cancelled = False

    async def __call__(self) -> None:
        outcome = self.outcomes[min(self.runs, len(self.outcomes) - 1)]
        self.runs += 1
        async with self.ran:
            self.ran.notify_all()
        if outcome == "crash":
            raise OSError("secret details")
        if outcome == "away":
            raise Away("The server is away.")
        if outcome == "inner cancel":
            raise asyncio.CancelledError
        if outcome == "stay":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        if outcome == "fail to clean up":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise OSError("secret details") from None
        if outcome == "swallow":
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(40), self.ran:
            await self.ran.wait_for(lambda: self.runs >= runs)
