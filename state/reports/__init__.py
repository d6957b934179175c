"""The report of state, agents, heartbeats, journal, alerts, rituals and backups; without names of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from core.health import Status
from core.store.moments import to_us
from core.version import VERSION
from state.change import Actor, Change
from state.events import ReportReady
from state.journal import journal_table
from state.models import METRICS, UCF, Judgement, judge
from state.status.records import Trend

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from core.store import Store
    from state.agents.monitor import AgentMonitor
    from state.alerts import Alerts
    from state.backups import Backups
    from state.manager import StateManager
    from state.rituals import Rituals
    from state.services import ProbeResult, ServiceProbes
    from state.status import StatusReader

Line = TypeVar("Line", bound=msgspec.Struct)
OnProgress = Callable[[int, int, str], None]

_WINDOW: Final = timedelta(hours=24)


class MetricLine(msgspec.Struct, frozen=True):
    """One metric of the UCF: value, judgement, and trend over the last hour."""

    value: float
    judgement: Judgement
    trend: Trend


class AgentLine(msgspec.Struct, frozen=True):
    """One agent."""

    name: str
    symbol: str
    layer: str
    status: str
    detail: str


class ServiceLine(msgspec.Struct, frozen=True):
    """One service of `services.json`: its answer just now, and its uptime in the last 24 h (0 to 1)."""

    name: str
    ok: bool
    answer: str
    latency_s: float | None
    uptime_24h: float | None


class CheckLine(msgspec.Struct, frozen=True):
    """One health check that does not pass."""

    name: str
    status: Status
    reason: str
    action: str


class AlertLine(msgspec.Struct, frozen=True):
    """One open alert."""

    key: str
    severity: str
    summary: str
    raised_at: datetime


class RitualLine(msgspec.Struct, frozen=True):
    """The running or the last ritual."""

    id: int
    kind: str
    status: str
    step: int
    steps: int
    started_at: datetime


class BackupLine(msgspec.Struct, frozen=True):
    """The state of the backups."""

    count: int
    size_bytes: int
    last_good_at: datetime | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report.

    Attributes:
        ucf: the six values, each with its trend over an hour, or since `trends_since`.
        trends_since: when the history begins, if that is less than an hour ago.
        journal_24h: number of entries in the last 24 hours by kind.
        journal_total: number of entries in all.
        folklore: encounters by kind of anomaly.
    """

    made_at: datetime
    version: str
    started_at: datetime
    status: Status
    assessment: str
    state_version: int
    state_changed_at: datetime
    ucf: Mapping[str, MetricLine]
    trends_since: datetime | None
    agents_active: int
    agents: tuple[AgentLine, ...]
    services: tuple[ServiceLine, ...]
    checks: tuple[CheckLine, ...]
    alerts: tuple[AlertLine, ...]
    ritual: RitualLine | None
    folklore: Mapping[str, int]
    journal_24h: Mapping[str, int]
    journal_total: int
    backups: BackupLine

    def as_json(self) -> bytes:
        """The report as JSON. Blocks for a moment: call it in a thread."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


class Reports(msgspec.Struct, frozen=True):
    """Makes reports."""

    kernel: Kernel
    database: Store
    manager: StateManager
    status: StatusReader
    monitor: AgentMonitor
    alerts: Alerts
    probes: ServiceProbes
    rituals: Rituals
    backups: Backups

    async def build(self, actor: Actor, on_progress: OnProgress | None = None) -> Report:
        """Probes the services, makes a report, journals the request and notifies subscribers.

        Args:
            actor: who asks for it.
            on_progress: called with done, total and what was finished last.
        """
        now = self.kernel.clock.now()
        services = self.probes.services
        total, done = len(services) + 2, count(1)

        def finished(note: str) -> None:
            if on_progress is not None:
                on_progress(next(done), total, note)

        results = await self.probes.probe_all(lambda result: finished(result.name))
        since = to_us(now - _WINDOW)
        journal_24h, journal_total = await self.database.read(
            lambda tx: (journal_table.count_by_kind(tx, since), journal_table.count(tx))
        )
        finished("journal")
        lines = tuple([await self._service(result) for result in results])
        report = self._gather(now, lines, journal_24h, journal_total)
        await self._publish(report, actor)
        finished("report")
        return report

    def _gather(
        self,
        now: datetime,
        services: tuple[ServiceLine, ...],
        journal_24h: Mapping[str, int],
        journal_total: int,
    ) -> Report:
        """The report from what is in memory and what was fetched."""
        status = self.status.read()
        snapshot = self.manager.snapshot
        records, ritual = self.backups.list(), self.rituals.newest
        return Report(
            made_at=now,
            version=VERSION,
            started_at=status.started_at,
            status=status.status,
            assessment=status.assessment,
            state_version=snapshot.version,
            state_changed_at=snapshot.changed_at,
            ucf=_metrics(snapshot.ucf, status.trends),
            trends_since=status.trends_since,
            agents_active=status.agents_active,
            agents=_lines(self.monitor.agents(), AgentLine),
            services=services,
            checks=_lines((one for one in self.kernel.health.checks() if one.status != "pass"), CheckLine),
            alerts=_lines(self.alerts.open(), AlertLine),
            ritual=None if ritual is None else msgspec.convert(ritual, RitualLine, from_attributes=True),
            folklore={kind: lore.encounters for kind, lore in snapshot.folklore.items()},
            journal_24h=journal_24h,
            journal_total=journal_total,
            backups=BackupLine(
                len(records),
                sum(record.size_bytes for record in records),
                self.backups.last_good_at,
            ),
        )

    async def _service(self, result: ProbeResult) -> ServiceLine:
        uptime = await self.probes.uptime(result.name, _WINDOW)
        return ServiceLine(
            name=result.name,
            ok=result.ok,
            answer=result.error or f"HTTP {result.status_code}",
            latency_s=result.latency_s,
            uptime_24h=None if uptime is None else uptime.share,
        )

    async def _publish(self, report: Report, actor: Actor) -> None:
        event = ReportReady(
            made_at=report.made_at,
            status=report.status,
            assessment=report.assessment,
            ucf={name: line.value for name, line in report.ucf.items()},
            agents_active=report.agents_active,
            agents_total=len(report.agents),
        )
        row = actor.row("report", "ecosystem", after=report.status)
        await self.manager.change(lambda _: Change(journal=(row,), events=(event,)))


def _metrics(ucf: UCF, trends: Mapping[str, Trend]) -> dict[str, MetricLine]:
    return {
        name: MetricLine(getattr(ucf, name), judge(name, getattr(ucf, name)), trends[name])
        for name in METRICS
    }


def _lines(records: Iterable[object], kind: type[Line]) -> tuple[Line, ...]:
    """Converts records to lines of a type, by the fields of the same names."""
    return tuple(msgspec.convert(record, kind, from_attributes=True) for record in records)
