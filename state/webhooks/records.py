"""A delivery as it is shown: it has no address, no error and no payload."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.clock import Moment
from core.webhooks.outbox import DeliveryStatus

if TYPE_CHECKING:
    from core.webhooks.deliverer import Settled


class DeliveryTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event on its way to a destination, after its newest attempt.

    Attributes:
        event: the type of the event.
        destination: its name in the settings, or the id of the REST hook; never an address.
        at: when that attempt was over; null before the first.
        test: true where somebody sent the event on purpose, to try whether it arrives.
    """

    test: bool = False
    id: int
    event: str
    destination: str
    status: DeliveryStatus
    attempts: int
    at: Moment | None


def told_delivery(settled: Settled, at: datetime) -> DeliveryTold:
    """The record of an attempt that was over at a moment."""
    return DeliveryTold(
        id=settled.delivery,
        event=settled.type,
        destination=settled.destination,
        status=settled.status,
        attempts=settled.attempts,
        at=at,
    )
