"""Reports deliveries and changes of the field to destinations, live clients and metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.listeners import subscribe
from core.store.tx import Tx
from state.events import DeliveryExhausted, OutEvent, UcfChanged, encode_payload, type_of

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from core.webhooks.deliverer import Settled
    from core.webhooks.destinations import Destination
    from state.models import Snapshot

OnSettled = Callable[["Settled"], None]

_BY_DESTINATION: Final = ("destination",)
# The outcomes of an attempt as metrics name them: "failed" is retried, "dead" is not.
_ENDS: Final = {"delivered": "delivered", "waiting": "failed", "dead": "dead"}


class DeliveryReporter:
    """Reports each delivery attempt."""

    def __init__(self, kernel: Kernel) -> None:
        self._clock = kernel.clock
        self._broadcaster = kernel.broadcaster
        self._listeners: list[OnSettled] = []
        self._attempts = kernel.metrics.counter(
            "helix_delivery_attempts_total", "Delivery attempts.", ("destination", "outcome")
        )
        self._lag = kernel.metrics.histogram(
            "helix_delivery_lag_seconds", "Time from an event to its delivery, in seconds.", _BY_DESTINATION
        )

    def on_attempt(self, callback: OnSettled) -> Callable[[], None]:
        """Calls `callback` after each attempt; returns the unsubscriber."""
        return subscribe(self._listeners, callback)

    def exhausted(self, settled: Settled) -> tuple[str, bytes] | None:
        """The event about a dead letter; None for a dead letter of this event itself, to avoid a loop."""
        if settled.type == "delivery.exhausted":
            return None
        now = self._clock.now()
        event = DeliveryExhausted(
            delivery=settled.delivery,
            event=settled.event_id,
            event_type=settled.type,
            destination=settled.destination,
            attempts=settled.attempts,
            error=settled.outcome.error,
            died_at=now,
        )
        return type_of(event), encode_payload(event, now)

    def settled(self, destination: Destination, settled: Settled) -> None:
        """Reports a finished attempt."""
        self._attempts.inc(destination.label, _ENDS[settled.status])
        if settled.status == "delivered":
            self._lag.observe(settled.lag_s, destination.label)
        self._broadcaster.publish("deliveries", settled)
        for listener in tuple(self._listeners):
            listener(settled)


def ucf_changed(_connection: Tx, old: Snapshot, new: Snapshot) -> list[OutEvent]:
    """`ucf.changed` for each version whose values differ from the one before."""
    if new.ucf == old.ucf:
        return []
    return [
        UcfChanged(
            version=new.version,
            changed_at=new.changed_at,
            source=new.source,
            ucf=new.ucf.as_dict(),
            previous=old.ucf.as_dict(),
        )
    ]
