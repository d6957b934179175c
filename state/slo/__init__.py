"""The objectives (SLOs) of Helix, measured over the last 24 hours; the counts survive a restart."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from core.metrics import Registry
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreError
from state.slo import slo_table as table
from state.slo._sums import Buckets, Sums, bounds_of, count_of, quantile, read_sums
from state.slo.objectives import TARGETS, ObjectiveName, SloReport, judge
from state.slo.readiness import Uptime
from state.slo.slo_table import Minute

logger = logging.getLogger(__name__)

WINDOW: Final = timedelta(hours=24)
EVERY_S: Final = 60.0


class Slo:
    """Measures the objectives. Reads come from memory; a loop stores one row per minute."""

    def __init__(self, kernel: Kernel, database: Store) -> None:
        self._clock = kernel.clock
        self._metrics = kernel.metrics
        self._health = kernel.health
        self._database = database
        # In the sandbox, time during which Helix does not run is no downtime.
        self._counts_absence = not kernel.settings.in_sandbox
        self._minutes: deque[Minute] = deque()
        self._totals = Sums()
        self._watched_s = 0.0
        # The counts of this process that are stored already.
        self._stored = Sums()
        self._uptime: Uptime | None = None

    async def load(self) -> None:
        """Reads the stored minutes; the time since the last one counts as down, except in the sandbox."""
        now = self._clock.now()
        for minute in await self._database.read(partial(table.load, since=now - WINDOW, until=now)):
            self._take(minute)
        if self._minutes and self._counts_absence:
            away = Minute(at=now, span=now - self._minutes[-1].at, sums=Sums())
            await self._write(away)
            self._take(away)
        self._uptime = Uptime(self._health, self._clock, counting=bool(self._minutes))
        self._register()

    async def keep(self) -> None:
        """Stores what was counted since the last round (supervised); after a store error, in the next one."""
        if self._uptime is None:
            return
        span_s, up_s = self._uptime.read()
        if not self._uptime.counting:
            return
        counted = read_sums(self._metrics)
        sums = counted.minus(self._stored)
        sums.up_s = up_s
        minute = Minute(at=self._clock.now(), span=timedelta(seconds=span_s), sums=sums)
        try:
            await self._write(minute)
        except StoreError as error:
            # The check "store" reports the fault.
            logger.warning("slo.not_kept error=%s", error)
            return
        self._stored = counted
        self._uptime.start_over(span_s, up_s)
        self._take(minute)

    async def close(self) -> None:
        """Stores what is not stored yet."""
        await self.keep()
        if self._uptime is not None:
            self._uptime.stop()

    def current(self) -> SloReport:
        """The present report; takes about 0.2 ms and does not block."""
        now = self._clock.now()
        self._expire(now)
        begins = now - WINDOW
        live = read_sums(self._metrics).minus(self._stored)
        span_s, live.up_s = (0.0, 0.0) if self._uptime is None else self._uptime.read()
        sums = self._totals.plus(live)
        since = max(begins, self._minutes[0].since) if self._minutes else now - timedelta(seconds=span_s)
        # The clock was set back and no minute has been stored since.
        since = min(since, now)
        watched_s = span_s + self._watched_s
        if self._minutes and self._minutes[0].since < begins:
            # Only a part of the oldest minute lies in the window.
            oldest = self._minutes[0]
            outside = (begins - oldest.since) / oldest.span
            watched_s -= outside * oldest.span.total_seconds()
            sums.up_s -= outside * oldest.sums.up_s
        measured = _measure(sums, watched_s, self._metrics)
        objectives = tuple(judge(target, *measured[target.name]) for target in TARGETS)
        verdicts = {objective.met for objective in objectives} - {None}
        return SloReport(
            since=since, until=now, met=False not in verdicts if verdicts else None, promises=objectives
        )

    def _register(self) -> None:
        def gauge(name: str, help_text: str, read: Callable[[], Mapping[tuple[str, ...], float]]) -> None:
            self._metrics.gauge(name, help_text, ("promise",)).function(read)

        gauge(
            "helix_slo_target",
            "The objective: seconds, or a share of 1.",
            lambda: {(target.name,): target.target for target in TARGETS},
        )
        gauge(
            "helix_slo_value",
            "The measured value over the last 24 hours: seconds, or a share of 1.",
            lambda: {(one.name,): one.value for one in self.current().promises if one.value is not None},
        )
        gauge(
            "helix_slo_met",
            "1 if the objective is met, 0 if it is missed.",
            lambda: {(one.name,): float(one.met) for one in self.current().promises if one.met is not None},
        )

    async def _write(self, minute: Minute) -> None:
        await self._database.write(partial(table.append, minute=minute, kept_since=minute.at - WINDOW))

    def _take(self, minute: Minute) -> None:
        while self._minutes and self._minutes[-1].at > minute.at:
            # The clock was set back: a minute in the future would stay in the window too long.
            self._leave_out(self._minutes.pop())
        self._minutes.append(minute)
        self._totals = self._totals.plus(minute.sums)
        self._watched_s += minute.span.total_seconds()
        self._expire(minute.at)

    def _expire(self, now: datetime) -> None:
        while self._minutes and self._minutes[0].at <= now - WINDOW:
            self._leave_out(self._minutes.popleft())

    def _leave_out(self, minute: Minute) -> None:
        self._totals = self._totals.minus(minute.sums)
        self._watched_s -= minute.span.total_seconds()


def _measure(
    sums: Sums, watched_s: float, metrics: Registry
) -> Mapping[ObjectiveName, tuple[float | None, int]]:
    """Value and number of samples of each objective."""

    def p95(buckets: Buckets, histogram: str) -> tuple[float | None, int]:
        return quantile(buckets, bounds_of(metrics, histogram), 0.95), count_of(buckets)

    over, timed = sums.delivered + sums.dead, count_of(sums.timed)
    return {
        "error_rate": (_share(sums.errors, sums.requests), sums.requests),
        "uptime": (_share(sums.up_s, watched_s), int(watched_s / 60)),
        "deliveries": (_share(sums.delivered, over), over),
        "command_p95": p95(sums.commands, "helix_command_duration_seconds"),
        "mean_response": (sums.timed_s / timed if timed else None, timed),
        "response_p95": p95(sums.timed, "helix_http_request_duration_seconds"),
        "hit_rate": (_share(sums.hits, sums.looked_up), sums.looked_up),
        "broadcast_p95": p95(sums.broadcasts, "helix_broadcast_seconds"),
    }


def _share(part: float, whole: float) -> float | None:
    # Rounding errors of the sums may exceed 1 by about 1e-12.
    return min(1.0, part / whole) if whole else None
