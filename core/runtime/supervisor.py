"""The one owner of every background loop: named, restarted with backoff, visible on `/health`."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from core.clock import Clock
from core.health import HealthRegistry, Reading
from core.runtime._supervised_loop import Loop, LoopBounds, LoopState, LoopStatus, read_loops

__all__ = ["LoopBounds", "LoopState", "LoopStatus", "Supervisor"]

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 60.0
# By up to so much, as a share, a pause is longer than its turn says.
_JITTER = 0.5
# A loop that ran so long without a crash has recovered, and its backoff starts over.
_STABLE_AFTER_S = 60.0


class Supervisor:
    """Runs loops until it is stopped.

    Args:
        clock: what runs are timed by.
        health: where a crash shows, as the check "loop:<name>".
        sleep: what waits; tests put their own clock's here.
        jitter: gives 0 to 1, so that loops that crashed together do not come back together.
        on_crash: hears the name of a loop each time that it is to be restarted.
        bounds: from where on a loop is a warning, or a failure.
    """

    def __init__(
        self,
        clock: Clock,
        health: HealthRegistry,
        *,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        on_crash: Callable[[str], None] | None = None,
        bounds: LoopBounds = LoopBounds(),  # noqa: B008 - a frozen record
    ) -> None:
        self._clock = clock
        self._health = health
        self._sleep = sleep
        self._jitter = jitter
        self._on_crash = on_crash
        self._bounds = bounds
        self._loops: dict[str, Loop] = {}
        # Loops that were removed and have not ended yet.
        self._leaving: set[asyncio.Task[None]] = set()
        self._started = False
        self._stopping = False

    def add(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        *,
        every_s: float | None = None,
        first_after_s: float = 0.0,
    ) -> None:
        """Own a loop; it starts with the supervisor, or at once where that runs already.

        Args:
            name: unique, as it shows on `/health` and in the log.
            run: one run. Without `every_s` it is the whole loop, and is finished when it returns.
            every_s: pause from the end of one run to the next.
            first_after_s: pause before the first run.

        Raises:
            ValueError: the name is taken, or a pause is negative.
        """
        if name in self._loops or first_after_s < 0 or (every_s is not None and every_s <= 0):
            raise ValueError(f"the loop {name!r} cannot be added: its name is taken or its pauses are wrong")
        loop = Loop(name, run, every_s, first_after_s)
        self._loops[name] = loop
        if self._started and not self._stopping:
            self._spawn(loop)

    def remove(self, name: str) -> None:
        """Cancel a loop and forget it and its check; an unknown name is ignored."""
        loop = self._loops.pop(name, None)
        if loop is None:
            return
        self._health.remove(loop.check)
        if loop.task is not None and not loop.task.done():
            loop.task.cancel()
            self._leaving.add(loop.task)
            loop.task.add_done_callback(self._leaving.discard)

    def start(self) -> None:
        """Start every loop that was added; further ones start as they are added."""
        if self._started:
            return
        self._started = True
        for loop in self._loops.values():
            self._spawn(loop)

    async def stop(self, grace_s: float) -> tuple[str, ...]:
        """Cancel every loop and wait up to `grace_s` seconds; gives the names of those that did not end."""
        self._stopping = True
        tasks = {loop.task for loop in self._loops.values() if loop.task is not None} | self._leaving
        for task in tasks:
            task.cancel()
        stuck: set[asyncio.Task[None]] = set()
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=grace_s)
        for loop in self._loops.values():
            if loop.task not in stuck and loop.state != "finished":
                loop.state = "stopped"
        names = tuple(sorted(task.get_name().removeprefix("loop:") for task in stuck))
        if names:
            logger.warning("loop.stuck loops=%s grace_s=%.1f", ",".join(names), grace_s)
        return names

    def loops(self) -> tuple[LoopStatus, ...]:
        """Every loop as it is now, sorted by name."""
        return tuple(
            LoopStatus(loop.name, loop.state, loop.restarts, loop.last_error, loop.last_run)
            for _, loop in sorted(self._loops.items())
        )

    def probe(self) -> Reading:
        """What the health check "loops" says of all of them."""
        return read_loops(self._loops.values(), self._clock.monotonic(), self._bounds)

    def _spawn(self, loop: Loop) -> None:
        loop.task = asyncio.create_task(self._keep_running(loop), name=loop.check)

    async def _keep_running(self, loop: Loop) -> None:
        if loop.first_after_s:
            await self._sleep(loop.first_after_s)
        while True:
            crash = await self._run_once(loop)
            if crash is not None:
                await self._back_off(loop, crash)
            elif loop.every_s is None:
                loop.state = "finished"
                logger.debug("loop.finished loop=%s", loop.name)
                return
            else:
                loop.state = "waiting"
                await self._sleep(loop.every_s)

    async def _run_once(self, loop: Loop) -> BaseException | None:
        """One run; gives what crashed it."""
        loop.state = "running"
        loop.last_run = self._clock.now()
        loop.running_since = self._clock.monotonic()
        try:
            await loop.run()
        except asyncio.CancelledError as error:
            # Unless the loop itself was cancelled, something inside was: that is a crash like any other.
            crash: BaseException | None = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the loop is restarted and it is logged
            crash = error
        else:
            crash = None
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # However the run answered it: one that failed in its clean-up, or went on, must not come back.
            if isinstance(crash, Exception):
                logger.error("loop.clean_up_failed loop=%s", loop.name, exc_info=crash)
            raise asyncio.CancelledError from crash
        if crash is None:
            self._recovered(loop)
        return crash

    async def _back_off(self, loop: Loop, crash: BaseException) -> None:
        if self._clock.monotonic() - loop.running_since >= _STABLE_AFTER_S:
            loop.crashes_in_a_row = 0
        loop.crashes_in_a_row += 1
        loop.restarts += 1
        loop.last_error = type(crash).__name__
        loop.state = "restarting"
        doubled_s = _FIRST_BACKOFF_S * 2 ** min(loop.crashes_in_a_row - 1, 10)
        pause_s = min(doubled_s, _LONGEST_BACKOFF_S / (1 + _JITTER)) * (1 + _JITTER * self._jitter())
        logger.error(
            "loop.crashed loop=%s error=%s restart_in_s=%.1f",
            loop.name,
            loop.last_error,
            pause_s,
            exc_info=crash,
        )
        # A probe as well as a report: a loop that never returns recovers by running on.
        self._health.add_probe(loop.check, lambda: self._reading(loop))
        if self._on_crash is not None:
            self._on_crash(loop.name)
        self._report(loop)
        await self._sleep(pause_s)

    def _recovered(self, loop: Loop) -> None:
        if loop.crashes_in_a_row:
            loop.crashes_in_a_row = 0
            self._report(loop)

    def _reading(self, loop: Loop) -> Reading:
        ran_s = self._clock.monotonic() - loop.running_since
        if loop.crashes_in_a_row and loop.state == "running" and ran_s >= _STABLE_AFTER_S:
            loop.crashes_in_a_row = 0
        crashes, bound = loop.crashes_in_a_row, self._bounds.crashes
        reading = Reading(
            counters={"restarts": loop.restarts, "crashes_in_a_row": crashes}, thresholds=(bound,)
        )
        if not crashes:
            return reading
        reason = f"crashed with {loop.last_error}; it is restarted with growing pauses"
        return reading.become(bound.judge(crashes), reason, "See the log for the traceback.")

    def _report(self, loop: Loop) -> None:
        self._health.take(loop.check, self._reading(loop))
