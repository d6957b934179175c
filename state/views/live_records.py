"""The records that `GET /events` and `GET /ws` send, one type per event.

They are sent over HTTP, so they never contain names of people, reasons given by people, addresses or secrets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from core.breakers.breaker import State as BreakerState
from core.clock import Moment
from core.health import Status
from state.agents import AgentView
from state.directives.records import DirectiveStatus
from state.events.outgoing import Severity
from state.rituals.records import RitualStatus
from state.rituals.rules import RitualKind
from state.webhooks.recent import LiveDelivery


class _Testable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that may be sent by hand to test delivery; it then says `"test": true`."""

    test: bool = False


class LiveState(msgspec.Struct, frozen=True, kw_only=True):
    """The shared state has a new version.

    Attributes:
        source: what changed it.
        ucf: the six values; `changed` names those that differ from before.
    """

    version: int
    changed_at: Moment
    source: str
    ucf: Mapping[str, float]
    changed: Sequence[str]


class LiveAlert(_Testable, frozen=True, kw_only=True):
    """The present state of an alert; at most one alert per key is open.

    Attributes:
        since: when it was raised.
    """

    key: str
    severity: Severity
    summary: str
    status: Literal["open", "acknowledged", "cleared"]
    since: Moment


class LiveRitual(_Testable, frozen=True, kw_only=True):
    """A ritual: `step` of `steps` are done.

    Attributes:
        ended_at: null while it runs.
    """

    id: int
    kind: RitualKind | str
    status: RitualStatus
    step: int
    steps: int
    started_at: Moment
    ended_at: Moment | None


class LiveDirective(_Testable, frozen=True, kw_only=True):
    """The queue of directives changed.

    Attributes:
        id: the directive that changed, with its action and status; null if Manus was halted or resumed.
        queued: number of queued directives.
        halted: whether Manus is halted.
    """

    id: int | None
    action: str | None
    status: DirectiveStatus | None
    queued: int
    halted: bool


class CheckState(msgspec.Struct, frozen=True, kw_only=True):
    """The present state of a health check; the fields mean the same as on `/health`.

    Attributes:
        bounds: what makes it warn or fail, as one sentence; `thresholds` on `/health` has the numbers.
    """

    status: Status
    since: Moment
    reason: str
    action: str
    bounds: str
    observed_value: float | str | None
    observed_unit: str | None
    required: bool


class LiveCheck(CheckState, frozen=True, kw_only=True):
    """The status or the reason of a health check changed."""

    name: str


class LiveBreaker(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a circuit breaker, and since when."""

    name: str
    state: BreakerState
    since: Moment


class HttpPulse(msgspec.Struct, frozen=True, kw_only=True):
    """Requests since the start; `per_s` is the recent rate, null if nobody listened before.

    Attributes:
        errors: answers with 5xx.
    """

    requests: int
    errors: int
    per_s: float | None
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class CachePulse(msgspec.Struct, frozen=True, kw_only=True):
    """Look-ups in all caches since the start; `hit_rate` is null before the first."""

    hits: int
    misses: int
    hit_rate: float | None


class CommandUse(msgspec.Struct, frozen=True, kw_only=True):
    """How often a command was used since the start, and the p95 of its duration."""

    name: str
    count: int
    p95_ms: float | None


class CommandPulse(msgspec.Struct, frozen=True, kw_only=True):
    """Commands since the start: all, those that failed, and the ten used most."""

    total: int
    errors: int
    top: Sequence[CommandUse]


class QueuePulse(msgspec.Struct, frozen=True, kw_only=True):
    """Number of waiting entries in each queue."""

    inbox: int
    outbox: int
    directives: int


class ObjectivesPulse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the objectives of `/slo` are met (null: nothing was measured yet), and the missed ones."""

    met: bool | None
    missed: Sequence[str]


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that change all the time.

    Attributes:
        memory_bytes: resident memory of the process; null if the system does not tell.
        clients: number of listeners on `/events` and `/ws`.
        gateway_latency_ms: from a heartbeat to Discord's answer; null while unknown.
    """

    at: Moment
    http: HttpPulse
    cache: CachePulse
    commands: CommandPulse
    loop_lag_ms: float
    memory_bytes: int | None
    clients: int
    gateway_latency_ms: float | None
    queues: QueuePulse
    slo: ObjectivesPulse


class DeliveriesNow(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook queues, and the newest deliveries, newest first."""

    inbox_waiting: int
    outbox_waiting: int
    dead: int
    recent: Sequence[LiveDelivery]


LiveRecord = (
    LiveState | AgentView | LiveAlert | LiveRitual | LiveDelivery | LiveDirective | LiveCheck | LiveBreaker
)  # fmt: skip
