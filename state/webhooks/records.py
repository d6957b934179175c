"""A delivery as shown to readers: without URL, error and payload."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.clock import Moment
from core.webhooks.outbox import DeliveryStatus

if TYPE_CHECKING:
    from core.webhooks.deliverer import Settled


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
