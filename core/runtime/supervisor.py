"""Owns all background loops: named, restarted with backoff, visible on `/health`."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.clock import Clock
from core.errors import Away
from core.health import HealthRegistry, Reading
from core.runtime._supervised_loop import Loop, LoopBounds, LoopState, LoopStatus, read_loops

__all__ = ["LoopBounds", "LoopState", "LoopStatus", "Supervisor"]

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


class Leases(Protocol):
    """Who does what, of several processes; `core.store.leases` is one."""

    def hold(self, name: str) -> AbstractAsyncContextManager[object, bool | None]:
        """A block that runs while this process holds a lease, and is cancelled and left when it is lost."""
        ...

    def elsewhere(self) -> Mapping[str, str]:
        """The leases that this process waits for, with the node that holds each."""
        ...


_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 60.0
# Up to this share is added to a backoff.
_JITTER = 0.5
# A loop that ran this long without a crash has recovered, and its backoff starts again.
_STABLE_AFTER_S = 60.0
# A loop whose server is away is not at fault, and must not be late once that is back.
_AWAY_S = 2.0
_DEFAULT_BOUNDS = LoopBounds()


class Supervisor:
    """Runs loops until it is stopped.

    Args:
        clock: measures runs.
        health: shows a crash, as the check "loop:<name>".
        sleep: waits a number of seconds; tests pass their own.
        jitter: returns 0 to 1, so that loops that crashed together are not restarted together.
        on_crash: called with the name of a loop before each restart.
        bounds: when a loop's check warns or fails.
    """

    def __init__(
        self,
        clock: Clock,
        health: HealthRegistry,
        *,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        on_crash: Callable[[str], None] | None = None,
        bounds: LoopBounds = _DEFAULT_BOUNDS,
    ) -> None:
        self._clock = clock
        self._health = health
        self._sleep = sleep
        self._jitter = jitter
        self._on_crash = on_crash
        self._bounds = bounds
        self._loops: dict[str, Loop] = {}
        # Removed loops that have not ended yet.
        self._leaving: set[asyncio.Task[None]] = set()
        self._started = False
        self._stopping = False
        self._leases: Leases | None = None

    def lease_from(self, leases: Leases) -> None:
        """Sets where loops get their leases; call it before `start`. Without it every loop runs here."""
        self._leases = leases

    def add(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        *,
        every_s: float | None = None,
        first_after_s: float = 0.0,
        lease: str | None = None,
    ) -> None:
        """Adds a loop; it starts with the supervisor, or at once if that is running.

        Args:
            name: unique; shown on `/health` and in the log.
            run: one run. Without `every_s` it is the whole loop, which is finished when it returns.
            every_s: pause from the end of one run to the next.
            first_after_s: pause before the first run.
            lease: the loop runs only while this process holds it; it is cancelled when the lease is lost, and
                begins anew when it is granted again.

        Raises:
            ValueError: the name is taken, or a pause is negative.
        """
        if name in self._loops or first_after_s < 0 or (every_s is not None and every_s <= 0):
            raise ValueError(f"the loop {name!r} cannot be added: its name is taken or its pauses are wrong")
        loop = Loop(name, run, every_s, first_after_s, lease)
        self._loops[name] = loop
        if self._started and not self._stopping:
            self._spawn(loop)

    def remove(self, name: str) -> None:
        """Cancels a loop and removes it and its check; ignores an unknown name."""
        loop = self._loops.pop(name, None)
        if loop is None:
            return
        self._health.remove(loop.check)
        if loop.task is not None and not loop.task.done():
            loop.task.cancel()
            self._leaving.add(loop.task)
            loop.task.add_done_callback(self._leaving.discard)

    def start(self) -> None:
        """Starts all loops; those added later start at once."""
        if self._started:
            return
        self._started = True
        for loop in self._loops.values():
            self._spawn(loop)

    async def stop(self, grace_s: float) -> tuple[str, ...]:
        """Cancels all loops and waits up to `grace_s` seconds; returns the names of those still running."""
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
        """The state of every loop, sorted by name."""
        return tuple(
            LoopStatus(loop.name, loop.state, loop.restarts, loop.last_error, loop.last_run)
            for _, loop in sorted(self._loops.items())
        )

    def probe(self) -> Reading:
        """The reading of the check "loops"."""
        elsewhere = {} if self._leases is None else self._leases.elsewhere()
        return read_loops(self._loops.values(), self._clock.monotonic(), self._bounds, elsewhere)

    def _spawn(self, loop: Loop) -> None:
        # In a context of its own, so that it does not inherit the lease of whoever adds it.
        context = contextvars.Context()
        loop.task = asyncio.create_task(self._keep_running(loop), name=loop.check, context=context)

    async def _keep_running(self, loop: Loop) -> None:
        if loop.lease is None or self._leases is None:
            await self._go_on(loop)
            return
        while True:
            loop.state = "standing by"
            async with self._leases.hold(loop.lease):
                loop.state = "waiting"
                await self._go_on(loop)
                return
            logger.warning("loop.lease_lost loop=%s lease=%s", loop.name, loop.lease)
            self._recovered(loop)

    async def _go_on(self, loop: Loop) -> None:
        """Runs a loop until it is finished, or cancelled."""
        if loop.first_after_s:
            await self._sleep(loop.first_after_s)
        while True:
            crash = await self._run_once(loop)
            if isinstance(crash, Away):
                loop.state = "waiting"
                logger.debug("loop.waits loop=%s for=%s", loop.name, type(crash).__name__)
                await self._sleep(_AWAY_S * (1 + _JITTER * self._jitter()))
            elif crash is not None:
                await self._back_off(loop, crash)
            elif loop.every_s is None:
                loop.state = "finished"
                logger.debug("loop.finished loop=%s", loop.name)
                return
            else:
                loop.state = "waiting"
                await self._sleep(loop.every_s)

    async def _run_once(self, loop: Loop) -> BaseException | None:
        """One run; returns the exception that crashed it, or None."""
        loop.state = "running"
        loop.last_run = self._clock.now()
        loop.running_since = self._clock.monotonic()
        try:
            await loop.run()
        except asyncio.CancelledError as error:
            # If the loop's task was not cancelled, something inside it was: that is a crash.
            crash: BaseException | None = error
        except Exception as error:  # noqa: BLE001 - any error is logged and restarts the loop
            crash = error
        else:
            crash = None
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # Cancelled: the loop must end even if its run failed in its clean-up or ignored it.
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
        # A probe besides the report: a loop that never returns recovers by running on.
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
