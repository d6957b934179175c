"""The records of what happens here that others may hear of; `state.events` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

import msgspec

Severity = Literal["warning", "critical"]
CheckStatus = Literal["pass", "warn", "fail"]


class OutEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One event that leaves Helix. `msgspec.to_builtins` gives its fields, and its type as `type`.

    Names of people and their reasons are never in it, since it goes over HTTP.

    Attributes:
        topic: under which topic the broadcaster carries it; None where another announcement does already.
        leaves: whether destinations get it; what does not is for those who listen live only.
    """

    topic: ClassVar[str | None] = None
    leaves: ClassVar[bool] = True


class AlertRaised(OutEvent, frozen=True, kw_only=True, tag="alert.raised"):
    """Something needs attention.

    Attributes:
        key: what it is about, such as "ucf.harmony.low"; one alert of a key is open at a time.
        metric: the metric that crossed a bound, where one did, with its value then.
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
    """What an alert was about is over."""

    topic: ClassVar[str | None] = "alerts"

    id: int
    key: str
    severity: Severity
    summary: str
    raised_at: datetime
    cleared_at: datetime


class AlertUpdated(OutEvent, frozen=True, kw_only=True, tag="alert.updated"):
    """An open alert was acknowledged, or says something else than before.

    Attributes:
        acknowledged_at: since when somebody knows of it; None where nobody has said so.
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
    """A metric's alerts are not posted until a moment; None: they are again."""

    topic: ClassVar[str | None] = "alerts"
    leaves: ClassVar[bool] = False

    metric: str
    until: datetime | None


class RitualCompleted(OutEvent, frozen=True, kw_only=True, tag="ritual.completed"):
    """A ritual ran to its end.

    Attributes:
        ritual: its id, by which it can be replayed.
        before: the six values before it; `after` those after it.
        anomalies: how often each kind came, by kind.
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
    """Manus is done with a directive, in one way or another."""

    topic: ClassVar[str | None] = "directives"

    directive: int
    action: str
    status: Literal["done", "failed", "refused", "cancelled"]
    finished_at: datetime
    result: str


class BackupCompleted(OutEvent, frozen=True, kw_only=True, tag="backup.completed"):
    """A backup was made, and passed its own check.

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
    """A report of the whole was made."""

    topic: ClassVar[str | None] = "reports"

    made_at: datetime
    status: CheckStatus
    assessment: str
    ucf: Mapping[str, float]
    agents_active: int
    agents_total: int


class StatusChanged(OutEvent, frozen=True, kw_only=True, tag="status.changed"):
    """All checks together came to another status."""

    topic: ClassVar[str | None] = "status"

    status: CheckStatus
    previous: CheckStatus
    assessment: str
    changed_at: datetime


class UcfChanged(OutEvent, frozen=True, kw_only=True, tag="ucf.changed"):
    """The six values changed.

    Attributes:
        version: of the shared state, with when it changed and what changed it.
        previous: the six values before.
    """

    version: int
    changed_at: datetime
    source: str
    ucf: Mapping[str, float]
    previous: Mapping[str, float]


class AgentChanged(OutEvent, frozen=True, kw_only=True, tag="agent.changed"):
    """One of the fourteen has another status than before."""

    agent: str
    status: str
    previous: str
    detail: str
    changed_at: datetime


class CommandFailed(OutEvent, frozen=True, kw_only=True, tag="command.failed"):
    """A command ended in an error that nobody expected; the log has the traceback under the incident."""

    topic: ClassVar[str | None] = "commands"

    command: str
    incident: str
    error: str
    failed_at: datetime


class DeliveryExhausted(OutEvent, frozen=True, kw_only=True, tag="delivery.exhausted"):
    """A delivery became a dead letter; `replay` sends it again.

    Attributes:
        event: the id of the event that was not delivered, and `event_type` its type.
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
    """Helix is up."""

    version: str
    started_at: datetime


class SystemStopping(OutEvent, frozen=True, kw_only=True, tag="system.stopping"):
    """Helix was asked to stop; it is delivered at the latest by the next start."""

    version: str
    stopping_at: datetime
