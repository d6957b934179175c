"""Long work of which one piece runs at a time, and for which a stop does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from core.errors import HelixError
from core.runtime.drain import Drain

T = TypeVar("T")


class Busy(HelixError):
    """Another piece is under way."""


class StoppedByRestart(HelixError):
    """Helix is being stopped, and the work with it."""


class OneAtATime:
    """Runs one piece of work after another, never two at once.

    Attributes:
        running: what runs, such as "A backup is being made"; empty where nothing does.
    """

    def __init__(self, drain: Drain, kind: str) -> None:
        self._drain = drain
        self._kind = kind
        self.running = ""

    async def run(self, what: str, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`.

        Raises:
            Busy: another piece runs.
            StoppedByRestart: Helix is being stopped.
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
            raise StoppedByRestart(f"Helix is being stopped; nothing of the {self._kind} is left.") from None
        finally:
            self.running = ""
