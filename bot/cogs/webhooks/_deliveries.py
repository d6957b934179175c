"""`webhooks`: incoming events, deliveries, dead letters, subscriptions, or one entry in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cogs.webhooks._arguments import Target, View
from bot.text.words import quoted
from core.errors import HelixError
from core.webhooks.destinations import Subscription
from core.webhooks.records import Attempt, Delivery, InboxEvent
from state.webhooks import Webhooks

# How many of the newest entries are shown.
NEWEST = 100


class UnknownId(HelixError):
    """No delivery or event has this id."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Incoming events, newest first."""

    events: tuple[InboxEvent, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Deliveries, newest first."""

    title: str
    deliveries: tuple[Delivery, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Destinations from the settings, REST hooks, and which of them are disabled."""

    configured: tuple[str, ...]
    hooks: tuple[Subscription, ...]
    disabled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Whole:
    """One delivery with its payload (JSON) and its newest attempts."""

    delivery: Delivery
    payload: bytes
    attempts: tuple[Attempt, ...]


Listing = Incoming | Outgoing | Subscribed


async def fetch_list(webhooks: Webhooks, view: View) -> Listing:
    """The current list with this name."""
    if view == "in":
        return Incoming(await webhooks.inbox.page(limit=NEWEST), webhooks.inbox.waiting)
    if view == "subscriptions":
        return Subscribed(
            configured=tuple(destination.name for destination in webhooks.destinations.configured),
            hooks=await webhooks.destinations.subscriptions(),
            disabled=await webhooks.destinations.disabled(),
        )
    counts = await webhooks.outbox.counts()
    if view == "failed":
        return Outgoing("dead letters", await webhooks.outbox.page(status="dead", limit=NEWEST), counts)
    return Outgoing("out", await webhooks.outbox.page(limit=NEWEST), counts)


async def fetch_one(webhooks: Webhooks, target: Target) -> Whole | InboxEvent | Outgoing:
    """One delivery in full, one incoming event, or the deliveries of one outgoing event.

    Raises:
        UnknownId: no delivery or event has this id.
    """
    if target.delivery is not None:
        found = await webhooks.outbox.find(target.delivery)
        if found is None:
            raise UnknownId(f"There is no delivery {target.delivery}; deliveries are kept for 30 days.")
        return Whole(*found)
    event_id = target.event or ""
    if event_id.startswith("evt_"):
        event = await webhooks.inbox.find(event_id)
        if event is not None:
            return event
    else:
        deliveries = await webhooks.outbox.page(event_id=event_id, limit=NEWEST)
        if len(deliveries) == 1:
            return await fetch_one(webhooks, Target(delivery=deliveries[0].id))
        if deliveries:
            return Outgoing(event_id, deliveries, {})
    raise UnknownId(f"There is no event {quoted(event_id)}; events are kept for 30 days.")
