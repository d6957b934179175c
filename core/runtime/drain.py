"""Counts work in flight, and waits for it at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

logger = logging.getLogger(__name__)

# The last second of a shutdown (or fifth, if that is less) is reserved for reporting and closing.
_RESERVE_S = 1.0
_RESERVE_SHARE = 0.2


def patience(shutdown_s: float) -> float:
    """How long a shutdown of `shutdown_s` seconds waits for work in flight."""
    return shutdown_s - min(_RESERVE_S, shutdown_s * _RESERVE_SHARE)


class _Work:
    """Counts one kind of work during its `with` blocks; one object serves any number of blocks."""

    __slots__ = ("_drain", "_kind")

    def __init__(self, drain: Drain, kind: str) -> None:
        self._drain = drain
        self._kind = kind

    def __enter__(self) -> None:
        self._drain.begin(self._kind)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drain.end(self._kind)


class Drain:
    """Counts work that was accepted and is not finished.

    Attributes:
        accepting: False once the shutdown has begun; check it before accepting work.
    """

    def __init__(self) -> None:
        self.accepting = True
        self._works: dict[str, _Work] = {}
        self._counts: Counter[str] = Counter()
        self._tasks: dict[asyncio.Task[Any], tuple[str, bool]] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self._listeners: list[Callable[[], None]] = []

    def on_close(self, callback: Callable[[], None]) -> None:
        """Calls `callback()` when the shutdown begins, for work without an end; it must not block."""
        self._listeners.append(callback)

    def work(self, kind: str) -> _Work:
        """A context manager that counts work of one kind, also during the shutdown."""
        work = self._works.get(kind)
        if work is None:
            work = self._works[kind] = _Work(self, kind)
        return work

    def begin(self, kind: str) -> None:
        """Counts one more of a kind; `work` pairs it with `end`."""
        self._counts[kind] += 1

    def end(self, kind: str) -> None:
        """Counts one less of a kind."""
        self._counts[kind] -= 1
        self._wake_when_idle()

    def track(self, task: asyncio.Task[Any], kind: str, *, at_once: bool = False) -> None:
        """Counts a task while it runs; cancels it when the time of the shutdown is up, or at its start.

        Args:
            task: cancelled by `finish`; it then has a moment to report that.
            kind: what it is, as text for people.
            at_once: True for long work (a ritual), which is cancelled when the shutdown begins.
        """
        self._tasks[task] = (kind, at_once)
        task.add_done_callback(self._ended)
        if at_once and not self.accepting:
            task.cancel()

    def in_flight(self) -> Mapping[str, int]:
        """Number of unfinished works by kind."""
        counts = Counter({kind: count for kind, count in self._counts.items() if count})
        counts.update(kind for kind, _ in self._tasks.values())
        return dict(counts)

    def close(self) -> None:
        """Stops accepting work, and cancels the tasks that a shutdown does not wait for."""
        self.accepting = False
        for task, (_, at_once) in tuple(self._tasks.items()):
            if at_once:
                task.cancel()
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception("drain.listener_failed")

    async def wait(self, timeout_s: float) -> bool:
        """Waits until nothing is in flight; False if that takes longer than `timeout_s`."""
        if self._idle():
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await asyncio.wait_for(waiter, timeout_s)
        except TimeoutError:
            return False
        finally:
            self._waiters.remove(waiter)
        return True

    async def finish(self, shutdown_s: float) -> Mapping[str, int]:
        """Closes, waits for work in flight until the last second, then cancels tracked tasks.

        Returns what was cut off, by kind. Takes at most `shutdown_s` less half a second (or a tenth), which
        is left for closing the services.
        """
        patience_s = patience(shutdown_s)
        self.close()
        if await self.wait(patience_s):
            return {}
        cut_off = self.in_flight()
        logger.warning("drain.cut_off in_flight=%s", ",".join(f"{k}:{n}" for k, n in sorted(cut_off.items())))
        for task in tuple(self._tasks):
            task.cancel()
        await self.wait((shutdown_s - patience_s) / 2)
        return cut_off

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        self._wake_when_idle()

    def _idle(self) -> bool:
        return not self._tasks and not any(self._counts.values())

    def _wake_when_idle(self) -> None:
        if self._waiters and self._idle():
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)
