"""What `GET /events` and `GET /ws` tell: one record for each event, as its data is encoded.

They go over HTTP: no person, no reason that a person gave, no address and no secret is ever in one.
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
from state.webhooks.records import DeliveryTold


class _Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody may send on purpose, to try whether it arrives; such a one says `"test": true`."""

    test: bool = False


class StateTold(msgspec.Struct, frozen=True, kw_only=True):
    """The shared state has another version.

    Attributes:
        source: what changed it.
        ucf: the six values now, and `changed` which of them are others than before.
    """

    version: int
    changed_at: Moment
    source: str
    ucf: Mapping[str, float]
    changed: Sequence[str]


class AlertTold(_Told, frozen=True, kw_only=True):
    """An alert as it is now; one of a key is open at a time.

    Attributes:
        since: when it was raised.
    """

    key: str
    severity: Severity
    summary: str
    status: Literal["open", "acknowledged", "cleared"]
    since: Moment


class RitualTold(_Told, frozen=True, kw_only=True):
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


class DirectiveTold(_Told, frozen=True, kw_only=True):
    """The queue of directives has moved.

    Attributes:
        id: the directive that moved, with its action and status; null where all were halted or resumed.
        queued: how many wait.
        halted: whether Manus rests.
    """

    id: int | None
    action: str | None
    status: DirectiveStatus | None
    queued: int
    halted: bool


class CheckStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A health check as it stands; the fields mean what they mean on `/health`.

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


class CheckTold(CheckStanding, frozen=True, kw_only=True):
    """A health check came to another status, or has another reason."""

    name: str


class BreakerTold(msgspec.Struct, frozen=True, kw_only=True):
    """A circuit breaker as it is since then."""

    name: str
    state: BreakerState
    since: Moment


class HttpPulse(msgspec.Struct, frozen=True, kw_only=True):
    """Requests since the start; `per_s` lately, null where nobody listened before.

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
    """How often a command was used since the start, and within what 95 of 100 were answered."""

    name: str
    count: int
    p95_ms: float | None


class CommandPulse(msgspec.Struct, frozen=True, kw_only=True):
    """Commands since the start: all, those that failed, and the ten used most."""

    total: int
    errors: int
    top: Sequence[CommandUse]


class QueuePulse(msgspec.Struct, frozen=True, kw_only=True):
    """What waits in each queue."""

    inbox: int
    outbox: int
    directives: int


class PromisePulse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the promises of `/slo` are kept (null: nothing was measured yet), and which are not."""

    met: bool | None
    missed: Sequence[str]


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that move all the time.

    Attributes:
        memory_bytes: what the process holds in memory; null where the system does not say.
        clients: how many listen to `/events` and `/ws`.
        gateway_latency_ms: from a heartbeat to Discord's answer; null while there is none.
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
    slo: PromisePulse


class DeliveriesNow(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of webhooks, and the newest deliveries, newest first."""

    inbox_waiting: int
    outbox_waiting: int
    dead: int
    recent: Sequence[DeliveryTold]


LiveRecord = (
    StateTold | AgentView | AlertTold | RitualTold | DeliveryTold | DirectiveTold | CheckTold | BreakerTold
)  # fmt: skip
