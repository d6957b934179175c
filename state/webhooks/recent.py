"""The newest deliveries as shown to readers, in memory: without URL, error and payload."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final, final

import msgspec

from core.clock import Moment
from core.webhooks.records import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from core.webhooks.deliverer import Settled

MOST: Final = 20


class LiveDelivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event on its way to a destination, after its newest attempt.

    Attributes:
        event: the type of the event.
        destination: its name in the settings, or the id of the REST hook; never a URL.
        at: when that attempt ended; null before the first.
        test: true if the event was sent by hand to test delivery.
    """

    test: bool = False
    id: int
    event: str
    destination: str
    status: DeliveryStatus
    attempts: int
    at: Moment | None


def live_delivery(settled: Settled, at: datetime) -> LiveDelivery:
    """The record of an attempt that ended at a time."""
    return LiveDelivery(
        id=settled.delivery,
        event=settled.type,
        destination=settled.destination,
        status=settled.status,
        attempts=settled.attempts,
        at=at,
    )


@final
class RecentDeliveries:
    """At most 20 deliveries, ordered by their newest attempts."""

    def __init__(self) -> None:
        self._by_id: dict[int, LiveDelivery] = {}

    def load(self, newest_first: Iterable[Delivery]) -> None:
        """Loads deliveries from the database, which has a time only for finished ones."""
        for delivery in reversed(tuple(newest_first)):
            self._put(
                LiveDelivery(
                    id=delivery.id,
                    event=delivery.type,
                    destination=delivery.destination,
                    status=delivery.status,
                    attempts=delivery.attempts,
                    at=delivery.finished_at,
                )
            )

    def add(self, settled: Settled, at: datetime) -> None:
        """Records a finished attempt."""
        self._put(live_delivery(settled, at))

    def newest(self) -> tuple[LiveDelivery, ...]:
        """All of them, newest attempt first."""
        return tuple(reversed(self._by_id.values()))

    def _put(self, delivery: LiveDelivery) -> None:
        self._by_id.pop(delivery.id, None)
        self._by_id[delivery.id] = delivery
        if len(self._by_id) > MOST:
            del self._by_id[next(iter(self._by_id))]
