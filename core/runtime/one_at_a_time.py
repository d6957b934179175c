"""Long work that runs one piece at a time, and is cancelled by a shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from core.errors import HelixError
from core.runtime.drain import Drain

T = TypeVar("T")


class Busy(HelixError):
    """Another piece is running."""


class StoppedByRestart(HelixError):
    """Helix is stopping, so the work was cancelled."""


class OneAtATime:
    """Runs one piece of work at a time, and refuses further ones.

    Attributes:
        running: the running work, such as "A backup is being made"; empty if there is none.
    """

    def __init__(self, drain: Drain, kind: str) -> None:
        self._drain = drain
        self._kind = kind
        self.running = ""

    async def run(self, what: str, work: Coroutine[Any, Any, T]) -> T:
        """Returns the result of `work`.

        Raises:
            Busy: another piece is running.
            StoppedByRestart: Helix is stopping.
        """
        if self.running:
            work.close()
            raise Busy(f"{self.running} already. Wait until it is done.")
        self.running = what
        task = asyncio.create_task(work, name=self._kind)
        self._drain.track(task, self._kind, at_once=True)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise StoppedByRestart(f"Helix is stopping; the {self._kind} was cancelled.") from None
        finally:
            self.running = ""
