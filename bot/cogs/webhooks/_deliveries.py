"""What `webhooks` shows: what came in, what goes out, what died, who subscribed; and one of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cogs.webhooks._lines import Target, View
from bot.text.words import quoted
from core.errors import HelixError
from core.webhooks.destinations import Subscription
from core.webhooks.inbox import InboxEvent
from core.webhooks.outbox import Attempt, Delivery
from state.webhooks import Webhooks

# So many of the newest are shown.
NEWEST = 100


class NothingOfThatId(HelixError):
    """No delivery and no event has this id."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Events that came in, newest first."""

    events: tuple[InboxEvent, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Deliveries, newest first; `title` says which."""

    title: str
    deliveries: tuple[Delivery, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Where events go: the settings' destinations by name, the REST hooks, and which are switched off."""

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
    """The list of that name as it is now."""
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
    """One delivery whole, one event that came in, or the deliveries of one that went out.

    Raises:
        NothingOfThatId: there is none.
    """
    if target.delivery is not None:
        found = await webhooks.outbox.find(target.delivery)
        if found is None:
            raise NothingOfThatId(f"There is no delivery {target.delivery}; they are kept for 30 days.")
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
    raise NothingOfThatId(f"There is no event {quoted(event_id)}; they are kept for 30 days.")
