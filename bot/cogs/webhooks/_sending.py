"""Sending again, and sending on purpose: what is begun, and what became of it within a few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cogs.webhooks._deliveries import NothingOfThatId
from bot.cogs.webhooks._lines import Target
from core.errors import HelixError
from core.webhooks.outbox import Delivery
from state.change import Actor
from state.webhooks import Webhooks

WAIT_S = 10.0


class NotDead(HelixError):
    """Only dead letters are sent again."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was sent again: how many, and those that are over by now."""

    total: int
    delivered: int
    failed: int

    @property
    def waiting(self) -> int:
        """Those that are still on their way."""
        return self.total - self.delivered - self.failed


async def find_dead(webhooks: Webhooks, wanted: Target | timedelta | None, now: datetime) -> tuple[int, ...]:
    """The dead letters that are meant.

    Raises:
        NothingOfThatId: there is no such delivery or event.
        NotDead: it has not failed for good.
    """
    if not isinstance(wanted, Target):
        return await webhooks.outbox.dead_since(None if wanted is None else now - wanted)
    if wanted.delivery is not None:
        found = await webhooks.outbox.find(wanted.delivery)
        deliveries: tuple[Delivery, ...] = () if found is None else (found[0],)
    else:
        deliveries = await webhooks.outbox.page(event_id=wanted.event, limit=100)
    if not deliveries:
        raise NothingOfThatId("There is no delivery of that id; they are kept for 30 days.")
    dead = tuple(delivery.id for delivery in deliveries if delivery.status == "dead")
    if not dead:
        raise NotDead(f"It is no dead letter: it is {deliveries[0].status}.")
    return dead


async def replay_incoming(webhooks: Webhooks, event_id: str, actor: Actor) -> int:
    """Lets the dead handlers of an event that came in try again; gives how many that was.

    Raises:
        NothingOfThatId: there is no such event.
        NotDead: none of its handlers is dead.
    """
    if await webhooks.inbox.find(event_id) is None:
        raise NothingOfThatId("There is no event of that id; they are kept for 30 days.")
    count = await webhooks.inbox.replay(event_id)
    if not count:
        raise NotDead("None of its handlers is dead.")
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
    """Sends dead letters again, and waits a few seconds for what becomes of them."""
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
                on_progress(len(ends), f"**{delivery}** has nowhere to go any more")
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
    """The deliveries of an event, once each was tried, or a few seconds have passed."""
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
