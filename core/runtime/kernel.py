"""The kernel: the shared mechanisms of one process, wired together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from core.broadcast import Broadcaster
from core.cache import CacheRegistry
from core.clock import Clock, SystemClock
from core.flags import Flags
from core.health import STATUSES, Check, HealthRegistry
from core.health.clock_check import LOOK_EVERY_S, ClockSkew
from core.health.refusals import Refusals
from core.metrics import Registry
from core.runtime.drain import Drain
from core.runtime.lifecycle import Lifecycle
from core.runtime.looplag import LoopLag
from core.runtime.supervisor import LoopBounds, Supervisor
from core.runtime.worker import Worker
from core.settings import Settings
from core.version import VERSION

if TYPE_CHECKING:
    from core.cache.shared import SharedCache

_HEALTH_EVERY_S = 5.0
_PICTURE_TTL_S: Final = 3600.0


class Kernel(msgspec.Struct, frozen=True):
    """The mechanisms that every part of Helix gets; independent of Discord, HTTP and the collective.

    Attributes:
        shared_cache: what other processes drew and computed; None without REDIS_URL.
    """

    settings: Settings
    flags: Flags
    clock: Clock
    metrics: Registry
    health: HealthRegistry
    caches: CacheRegistry
    broadcaster: Broadcaster
    supervisor: Supervisor
    lifecycle: Lifecycle
    drain: Drain
    loop_lag: LoopLag
    clock_skew: ClockSkew
    refusals: Refusals
    worker: Worker
    shared_cache: SharedCache | None
    started_at: datetime

    async def draw(self, target: str, payload: bytes) -> bytes:
        """A picture that depends on `payload` alone: from the shared cache, else drawn by the worker.

        Raises:
            WorkerBusy, HelixError, WorkerFailed: as `Worker.run`.
        """
        shared = self.shared_cache
        if shared is None or not self.flags.response_caching:
            return await self.worker.run(target, payload)
        return await shared.fetch(
            "picture",
            (target.encode(), payload),
            lambda: self.worker.run(target, payload),
            ttl_s=_PICTURE_TTL_S,
        )

    async def close(self) -> None:
        """Ends the worker and the connections of the shared cache."""
        await self.worker.close()
        if self.shared_cache is not None:
            await self.shared_cache.close()


def build_kernel(settings: Settings, clock: Clock | None = None) -> Kernel:
    """Wires the mechanisms; nothing runs yet.

    A changed check drops the tag "health" and is broadcast; a switched flag drops the tag "flags".
    """
    clock = clock if clock is not None else SystemClock()
    flags = Flags(settings)
    metrics = Registry()
    health = HealthRegistry(clock)
    caches = CacheRegistry(clock, metrics, enabled=flags.reader("response_caching"))
    restarts = metrics.counter("helix_loop_restarts_total", "Restarts of background loops.", ("loop",))
    bounds = LoopBounds(
        stuck_after_s=settings.loop_run_warn_s,
        crashes_warn=settings.loop_crashes_warn,
        crashes_fail=settings.loop_crashes_fail,
    )
    supervisor = Supervisor(clock, health, on_crash=restarts.inc, bounds=bounds)
    broadcaster = Broadcaster(clock=clock)
    loop_lag = LoopLag(
        clock,
        metrics.histogram("helix_event_loop_lag_seconds", "Lag of the event loop, in seconds."),
        warn_s=settings.loop_lag_warn_ms / 1000,
        fail_s=settings.loop_lag_fail_ms / 1000,
    )
    clock_skew = ClockSkew(clock, warn_s=settings.clock_warn_s)

    async def refresh_health() -> None:
        health.refresh()

    def health_changed(check: Check, _previous: Check | None) -> None:
        caches.drop_tags("health")
        broadcaster.publish("health", check)

    def flag_switched(_name: str, _on: bool) -> None:
        caches.drop_tags("flags")

    health.on_change(health_changed)
    flags.on_switch(flag_switched)
    health.add_probe("event-loop", loop_lag.probe)
    refusals = Refusals(metrics, clock)
    health.add_probe("caches", caches.probe)
    health.add_probe("access", refusals.probe)
    health.add_probe("loops", supervisor.probe)
    health.add_probe("clock", clock_skew.probe)
    supervisor.add("event-loop-lag", loop_lag.run)
    supervisor.add("clock", clock_skew.look, every_s=LOOK_EVERY_S)
    supervisor.add("health", refresh_health, every_s=_HEALTH_EVERY_S)
    _register_gauges(metrics, health)
    return Kernel(
        settings=settings,
        flags=flags,
        clock=clock,
        metrics=metrics,
        health=health,
        caches=caches,
        broadcaster=broadcaster,
        supervisor=supervisor,
        lifecycle=Lifecycle(clock, health, settings.shutdown_s),
        drain=Drain(),
        loop_lag=loop_lag,
        clock_skew=clock_skew,
        refusals=refusals,
        worker=Worker(),
        shared_cache=_build_shared_cache(settings, clock, metrics, health, supervisor),
        started_at=clock.now(),
    )


def _build_shared_cache(
    settings: Settings, clock: Clock, metrics: Registry, health: HealthRegistry, supervisor: Supervisor
) -> SharedCache | None:
    if settings.redis_url is None:
        return None
    from core.cache.shared import LOOK_EVERY_S, SharedCache

    shared = SharedCache(settings.redis_url, clock, metrics)
    health.add_probe("shared-cache", shared.probe)
    supervisor.add("shared-cache", shared.look, every_s=LOOK_EVERY_S)
    return shared


def _register_gauges(metrics: Registry, health: HealthRegistry) -> None:
    metrics.gauge("helix_build_info", "The version of Helix; always 1.", ("version",)).set(1.0, VERSION)
    metrics.gauge("helix_check_status", "Health checks: 0 pass, 1 warn, 2 fail.", ("check",)).function(
        lambda: {(check.name,): float(STATUSES.index(check.status)) for check in health.checks()}
    )
