"""Starts and stops services in order, within time limits, and measures how long each took."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.health import HealthRegistry
from core.health.threshold import fails_when
from core.runtime.drain import Drain

__all__ = ["Drain", "Lifecycle", "Service"]

logger = logging.getLogger(__name__)

# The share of the remaining time that a stop leaves to each level of services below it.
_SHARE_BELOW = 0.2


class Service(msgspec.Struct, frozen=True):
    """Something with a start and a stop.

    Attributes:
        name: its name in the log and, if its start fails, as a health check.
        start: must leave nothing behind if it fails or is cancelled; `stop` is then not called.
        stop: called once, if it was started.
        after: services that run before it starts and until it has stopped.
        required: whether the start of Helix fails if this fails.
    """

    name: str
    start: Callable[[], Awaitable[None]]
    stop: Callable[[], Awaitable[None]] | None = None
    after: tuple[str, ...] = ()
    required: bool = True


class _NotStarted(HelixError):
    """A service was not started, because one that it needs did not start."""


class Lifecycle:
    """Starts services as early as their dependencies allow, and stops them in reverse.

    Args:
        clock: measures the start.
        health: shows an optional service that failed, under its name.
        shutdown_s: time limit of `stop`, in seconds.
    """

    def __init__(self, clock: Clock, health: HealthRegistry, shutdown_s: float) -> None:
        self._clock = clock
        self._health = health
        self._shutdown_s = shutdown_s
        self._services: dict[str, Service] = {}
        self._running: dict[str, Service] = {}
        self._start_times: dict[str, float] = {}
        self._stop_lock = asyncio.Lock()

    def add(self, service: Service) -> None:
        """Adds a service.

        Raises:
            ValueError: its name is taken.
        """
        if service.name in self._services:
            raise ValueError(f"there is a service called {service.name!r} already")
        self._services[service.name] = service

    def note(self, name: str, seconds: float) -> None:
        """Records the duration of a part of the start that is no service, such as the imports."""
        self._start_times[name] = seconds

    async def start(self) -> None:
        """Starts all services, independent ones concurrently, and logs the times in one line.

        Raises:
            Exception: what the first required service that failed raised; all others are stopped by then.
            ValueError: `after` names an unknown service, or is circular.
        """
        self._levels()
        tasks: dict[str, asyncio.Task[None]] = {}
        for name in self._in_order():
            service = self._services[name]
            needs = [tasks[need] for need in service.after]
            tasks[name] = asyncio.create_task(self._start_one(service, needs), name=f"start:{name}")
        try:
            await self._gather_starts(tasks)
        except BaseException:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            await self.stop()
            raise
        logger.info(
            "started %s", " ".join(f"{name}={s * 1000:.0f}ms" for name, s in self._start_times.items())
        )

    async def stop(self, within_s: float | None = None) -> tuple[str, ...]:
        """Stops all services, each after those that need it, within `within_s` (or `shutdown_s`) seconds.

        A stop that hangs is cancelled early enough to leave time for the services below it. Returns the names
        of services that did not stop cleanly. A second call does nothing.
        """
        async with self._stop_lock:
            running, self._running = self._running, {}
            if not running:
                return ()
            levels = self._levels()
            deadline = asyncio.get_running_loop().time() + (
                self._shutdown_s if within_s is None else max(0.0, within_s)
            )
            tasks: dict[str, asyncio.Task[bool]] = {}
            for name in reversed(self._in_order()):
                if name in running:
                    above = [tasks[other] for other in tasks if name in self._services[other].after]
                    tasks[name] = asyncio.create_task(
                        self._stop_one(running[name], above, deadline, levels[name]), name=f"stop:{name}"
                    )
            try:
                clean = await asyncio.gather(*tasks.values())
            except asyncio.CancelledError:
                for task in tasks.values():
                    task.cancel()
                raise
            return tuple(name for name, ok in zip(tasks, clean, strict=True) if not ok)

    async def _gather_starts(self, tasks: Mapping[str, asyncio.Task[None]]) -> None:
        pending = set(tasks.values())
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for name, task in tasks.items():
                if task in done and (error := task.exception()) is not None:
                    self._judge_failure(self._services[name], error)

    def _judge_failure(self, service: Service, error: BaseException) -> None:
        if service.required or not isinstance(error, Exception):
            raise error
        reason = str(error) if isinstance(error, HelixError) else f"it failed with {type(error).__name__}"
        logger.warning("service.failed service=%s", service.name, exc_info=error)
        self._health.set_thresholds(service.name, fails_when("its start", "unsuccessful"))
        self._health.report(
            service.name,
            "fail",
            f"not started: {reason}",
            action="See the log, correct the cause, and restart Helix.",
        )

    async def _start_one(self, service: Service, needs: list[asyncio.Task[None]]) -> None:
        if needs:
            await asyncio.wait(needs)
            for need, name in zip(needs, service.after, strict=True):
                if need.cancelled() or need.exception() is not None:
                    raise _NotStarted(f"{service.name} needs {name}, which did not start")
        began = self._clock.monotonic()
        await service.start()
        self._start_times[service.name] = self._clock.monotonic() - began
        self._running[service.name] = service

    async def _stop_one(
        self, service: Service, above: list[asyncio.Task[bool]], deadline: float, level: int
    ) -> bool:
        if above:
            await asyncio.wait(above)
        if service.stop is None:
            return True
        loop = asyncio.get_running_loop()
        began = loop.time()
        left_s = max(0.0, deadline - began)
        bound_s = left_s * max(0.4, 1 - _SHARE_BELOW * level)
        task = asyncio.ensure_future(service.stop())
        if isinstance(task, asyncio.Task):
            task.set_name(f"stopping:{service.name}")
        try:
            done, _ = await asyncio.wait((task,), timeout=bound_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()
            logger.warning("service.stop_cut_off service=%s after_s=%.2f", service.name, bound_s)
            # Give it one moment to release its resources after the cancellation.
            await asyncio.wait((task,), timeout=min(0.05, left_s - bound_s))
            return False
        if task.cancelled() or task.exception() is not None:
            logger.error(
                "service.stop_failed service=%s",
                service.name,
                exc_info=None if task.cancelled() else task.exception(),
            )
            return False
        logger.debug("service.stopped service=%s ms=%.0f", service.name, (loop.time() - began) * 1000)
        return True

    def _in_order(self) -> list[str]:
        levels = self._levels()
        return sorted(self._services, key=lambda name: levels[name])

    def _levels(self) -> Mapping[str, int]:
        """The number of dependency levels below each service."""
        levels: dict[str, int] = {}
        waiting = dict(self._services)
        while waiting:
            ready = [
                name for name, service in waiting.items() if all(need in levels for need in service.after)
            ]
            if not ready:
                raise ValueError(
                    f"these services wait for each other or for unknown ones: {', '.join(waiting)}"
                )
            for name in ready:
                service = waiting.pop(name)
                levels[name] = 1 + max((levels[need] for need in service.after), default=-1)
        return levels
