"""The records of outgoing events, listed in `state.events.registry`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

import msgspec

Severity = Literal["warning", "critical"]
CheckStatus = Literal["pass", "warn", "fail"]


class OutEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One outgoing event. `msgspec.to_builtins` gives its fields, and its type as `type`.

    It never contains names of people or their reasons, since it is sent over HTTP.

    Attributes:
        topic: the broadcaster's topic for it; None if another broadcast covers it.
        leaves: whether it is sent to destinations; if not, only live clients get it.
    """

    topic: ClassVar[str | None] = None
    leaves: ClassVar[bool] = True


class AlertRaised(OutEvent, frozen=True, kw_only=True, tag="alert.raised"):
    """Something needs attention.

    Attributes:
        key: what it is about, such as "ucf.harmony.low"; at most one alert per key is open.
        metric: the metric that crossed a bound, if one did; `value` is its value then.
    """

    topic: ClassVar[str | None] = "alerts"

    id: int
    key: str
    severity: Severity
    summary: str
    detail: str
    raised_at: datetime
    metric: str | None = None
    value: float | None = None


class AlertCleared(OutEvent, frozen=True, kw_only=True, tag="alert.cleared"):
    """An alert was cleared."""

    topic: ClassVar[str | None] = "alerts"

    id: int
    key: str
    severity: Severity
    summary: str
    raised_at: datetime
    cleared_at: datetime


class AlertUpdated(OutEvent, frozen=True, kw_only=True, tag="alert.updated"):
    """An open alert was acknowledged, or its text changed.

    Attributes:
        acknowledged_at: when it was acknowledged; None if it was not.
    """

    topic: ClassVar[str | None] = "alerts"
    leaves: ClassVar[bool] = False

    id: int
    key: str
    severity: Severity
    summary: str
    detail: str
    raised_at: datetime
    acknowledged_at: datetime | None


class AlertsMuted(OutEvent, frozen=True, kw_only=True, tag="alerts.muted"):
    """A metric's alerts were muted until a time, or unmuted (None)."""

    topic: ClassVar[str | None] = "alerts"
    leaves: ClassVar[bool] = False

    metric: str
    until: datetime | None


class RitualCompleted(OutEvent, frozen=True, kw_only=True, tag="ritual.completed"):
    """A ritual was completed.

    Attributes:
        ritual: its id, by which it can be replayed.
        before: the six values before it; `after`: those after it.
        anomalies: how often each kind of anomaly came.
        promotions: such as "flare: legend".
    """

    topic: ClassVar[str | None] = "rituals"

    ritual: int
    kind: str
    steps: int
    started_at: datetime
    finished_at: datetime
    before: Mapping[str, float]
    after: Mapping[str, float]
    anomalies: Mapping[str, int]
    promotions: tuple[str, ...]


class DirectiveFinished(OutEvent, frozen=True, kw_only=True, tag="directive.finished"):
    """A directive ended: done, failed, refused or cancelled."""

    topic: ClassVar[str | None] = "directives"

    directive: int
    action: str
    status: Literal["done", "failed", "refused", "cancelled"]
    finished_at: datetime
    result: str


class BackupCompleted(OutEvent, frozen=True, kw_only=True, tag="backup.completed"):
    """A backup was made and passed its check.

    Attributes:
        sha256: of the file, in hexadecimal.
    """

    topic: ClassVar[str | None] = "backups"

    backup: int
    file: str
    size_bytes: int
    sha256: str
    finished_at: datetime


class ReportReady(OutEvent, frozen=True, kw_only=True, tag="report.ready"):
    """A report was made."""

    topic: ClassVar[str | None] = "reports"

    made_at: datetime
    status: CheckStatus
    assessment: str
    ucf: Mapping[str, float]
    agents_active: int
    agents_total: int


class StatusChanged(OutEvent, frozen=True, kw_only=True, tag="status.changed"):
    """The overall status of all checks changed."""

    topic: ClassVar[str | None] = "status"

    status: CheckStatus
    previous: CheckStatus
    assessment: str
    changed_at: datetime


class UcfChanged(OutEvent, frozen=True, kw_only=True, tag="ucf.changed"):
    """The six values changed.

    Attributes:
        version: the version of the shared state, with when it changed and what changed it.
        previous: the six values before.
    """

    version: int
    changed_at: datetime
    source: str
    ucf: Mapping[str, float]
    previous: Mapping[str, float]


class AgentChanged(OutEvent, frozen=True, kw_only=True, tag="agent.changed"):
    """The status of one of the fourteen agents changed."""

    agent: str
    status: str
    previous: str
    detail: str
    changed_at: datetime


class CommandFailed(OutEvent, frozen=True, kw_only=True, tag="command.failed"):
    """A command failed with an unexpected error; the log has the traceback under the incident's id."""

    topic: ClassVar[str | None] = "commands"

    command: str
    incident: str
    error: str
    failed_at: datetime


class DeliveryExhausted(OutEvent, frozen=True, kw_only=True, tag="delivery.exhausted"):
    """A delivery became a dead letter; `replay` retries it.

    Attributes:
        event: the id of the event that was not delivered; `event_type`: its type.
    """

    topic: ClassVar[str | None] = "deliveries"

    delivery: int
    event: str
    event_type: str
    destination: str
    attempts: int
    error: str | None
    died_at: datetime


class SystemStarted(OutEvent, frozen=True, kw_only=True, tag="system.started"):
    """Helix has started."""

    version: str
    started_at: datetime


class SystemStopping(OutEvent, frozen=True, kw_only=True, tag="system.stopping"):
    """Helix was asked to stop; this is delivered after the next start at the latest."""

    version: str
    stopping_at: datetime
