"""Replay deliveries and send test events, and wait a few seconds for the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cogs.webhooks._arguments import Target
from bot.cogs.webhooks._deliveries import UnknownId
from core.errors import HelixError
from core.webhooks.records import Delivery
from state.change import Actor
from state.webhooks import Webhooks

WAIT_S = 10.0


class NotDead(HelixError):
    """Only dead letters can be replayed."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a replay so far."""

    total: int
    delivered: int
    failed: int

    @property
    def waiting(self) -> int:
        """How many are not finished yet."""
        return self.total - self.delivered - self.failed


async def find_dead(webhooks: Webhooks, wanted: Target | timedelta | None, now: datetime) -> tuple[int, ...]:
    """The ids of the dead letters to replay.

    Raises:
        UnknownId: no delivery or event has this id.
        NotDead: it is not a dead letter.
    """
    if not isinstance(wanted, Target):
        return await webhooks.outbox.dead_since(None if wanted is None else now - wanted)
    if wanted.delivery is not None:
        found = await webhooks.outbox.find(wanted.delivery)
        deliveries: tuple[Delivery, ...] = () if found is None else (found[0],)
    else:
        deliveries = await webhooks.outbox.page(event_id=wanted.event, limit=100)
    if not deliveries:
        raise UnknownId("There is no delivery with that id; deliveries are kept for 30 days.")
    dead = tuple(delivery.id for delivery in deliveries if delivery.status == "dead")
    if not dead:
        raise NotDead(f"Only dead letters can be replayed; this one is {deliveries[0].status}.")
    return dead


async def replay_incoming(webhooks: Webhooks, event_id: str, actor: Actor) -> int:
    """Rerun the dead handlers of an incoming event and return how many there are.

    Raises:
        UnknownId: no event has this id.
        NotDead: none of its handlers is dead.
    """
    if await webhooks.inbox.find(event_id) is None:
        raise UnknownId("There is no event with that id; events are kept for 30 days.")
    count = await webhooks.inbox.replay(event_id)
    if not count:
        raise NotDead("Nothing to replay: none of its handlers is dead.")
    await webhooks.note(actor.row("webhook", event_id, reason="replay", after=count))
    return count


async def replay(
    webhooks: Webhooks,
    ids: Collection[int],
    actor: Actor,
    on_progress: Callable[[int, str], None],
    *,
    wait_s: float = WAIT_S,
) -> Replayed:
    """Send dead letters again and wait a few seconds for the results."""
    left = set(ids)
    ends: list[bool] = []
    changed = asyncio.Event()

    def settled(delivery: int, status: str, destination: str) -> None:
        if delivery in left:
            left.discard(delivery)
            ends.append(status == "delivered")
            on_progress(len(ends), f"**{delivery}** {status} · {destination}")
            changed.set()

    stop = webhooks.on_attempt(lambda each: settled(each.delivery, each.status, each.destination))
    try:
        await webhooks.note(actor.row("webhook", "replay", after=len(left)))
        for delivery in ids:
            if not await webhooks.outbox.replay(delivery) and delivery in left:
                left.discard(delivery)
                ends.append(False)
                on_progress(len(ends), f"**{delivery}** no longer has a destination")
        async with asyncio.timeout(wait_s):
            while left:
                changed.clear()
                await changed.wait()
    except TimeoutError:
        pass
    finally:
        stop()
    return Replayed(total=len(ids), delivered=sum(ends), failed=len(ends) - sum(ends))


async def wait_for(webhooks: Webhooks, event_id: str, *, wait_s: float = WAIT_S) -> tuple[Delivery, ...]:
    """The deliveries of an event, after each was tried or after a few seconds."""
    changed = asyncio.Event()
    stop = webhooks.on_attempt(lambda _: changed.set())
    try:
        async with asyncio.timeout(wait_s):
            while True:
                changed.clear()
                deliveries = await webhooks.outbox.page(event_id=event_id, limit=100)
                if all(delivery.attempts or delivery.status != "waiting" for delivery in deliveries):
                    return deliveries
                await changed.wait()
    except TimeoutError:
        return await webhooks.outbox.page(event_id=event_id, limit=100)
    finally:
        stop()
