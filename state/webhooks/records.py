"""A delivery as it is shown: it has no address, no error and no payload."""

from __future__ import annotations

import msgspec

from core.clock import Moment
from core.webhooks.outbox import DeliveryStatus


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
