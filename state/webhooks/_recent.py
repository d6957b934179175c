"""The newest deliveries, in memory, for live views."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final, final

from state.webhooks.records import LiveDelivery, live_delivery

if TYPE_CHECKING:
    from core.webhooks.deliverer import Settled
    from core.webhooks.outbox import Delivery

MOST: Final = 20


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

    def _put(self, told: LiveDelivery) -> None:
        self._by_id.pop(told.id, None)
        self._by_id[told.id] = told
        if len(self._by_id) > MOST:
            del self._by_id[next(iter(self._by_id))]
