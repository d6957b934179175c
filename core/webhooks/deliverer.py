"""Sends the deliveries of the outbox. Each destination has its own lane, so a dead one blocks no other."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from core.breakers.breaker import Breaker, Permit
from core.clock import Clock
from core.store import Store
from core.store.errors import StoreError
from core.store.leases import OUTBOX_SHARDS
from core.store.moments import from_us, to_us
from core.webhooks.destinations import Destination, Destinations, is_hook
from core.webhooks.due import Due, next_batch
from core.webhooks.outbox import Outbox
from core.webhooks.outcome import DISABLED_AFTER, OutcomeRecorder, Settled
from core.webhooks.pacing import ALL_IN_WINDOW, HOOK_PER_S, WINDOW_S, Pace, Sleep
from core.webhooks.sending import TIMEOUT_S, Message, Outcome, Render, send
from core.webhooks.shards import Shards, shard_of
from core.webhooks.table import delivery_table

if TYPE_CHECKING:
    import aiohttp

__all__ = ["DISABLED_AFTER", "Deliverer", "Settled"]

logger = logging.getLogger(__name__)

# Concurrent attempts per destination.
_AT_ONCE: Final = 4
_LONGEST_WAIT_S: Final = 30.0
# Pause after a lane failed, so that it does not send the same delivery in a tight loop.
_LANE_RESTS_S: Final = 5.0
# A delivery that waited longer than this for its turn may have been ended meanwhile: read it again.
_LOOKED_AT_AGAIN_S: Final = 1.0
# Longest pause that a Retry-After header puts on all deliveries of a destination.
_LONGEST_REST_S: Final = 300.0
_STORE_RETRY_S: Final = (0.1, 0.5, 2.0, 5.0, 15.0, 30.0)

OnOutcome = Callable[[Destination, Settled], None]
Exhausted = Callable[[Settled], tuple[str, bytes] | None]


class Deliverer:
    """The lanes of the outbox; `run` is the loop that opens them.

    Args:
        session: returns the HTTP session, which connects only to permitted addresses.
        breaker: makes the circuit breaker of a destination.
        render: returns the request body for a kind of destination.
        loopback: whether this machine may be a destination (the sandbox).
        exhausted: returns type and payload of the event that reports a dead letter; None for no event.
        on_outcome: called on the event loop after each attempt.
        track: called in an attempt's task when it begins, so that a shutdown waits for the attempt. A
            cancelled attempt would be sent twice.
    """

    def __init__(
        self,
        outbox: Outbox,
        destinations: Destinations,
        database: Store,
        clock: Clock,
        *,
        session: Callable[[], aiohttp.ClientSession],
        breaker: Callable[[str, str], Breaker],
        render: Render,
        loopback: bool,
        exhausted: Exhausted,
        on_outcome: OnOutcome,
        track: Callable[[asyncio.Task[Any]], None],
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._destinations = destinations
        self._database = database
        self._clock = clock
        self._session = session
        self._make_breaker = breaker
        self._render = render
        self._loopback = loopback
        self._on_outcome = on_outcome
        self._track = track
        self._sleep = sleep
        self._timeout_s = timeout_s
        self._recorder = OutcomeRecorder(outbox, database, clock, exhausted=exhausted, jitter=jitter)
        self._paces: dict[str, Pace] = {}
        self._resting: dict[str, float] = {}
        self._all_zapier = Pace(ALL_IN_WINDOW, WINDOW_S, clock, sleep=sleep)
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._finishing = False
        self._wake = asyncio.Event()
        self._shards = Shards(database.leases, taken=self._wake.set, leave=self._end_lanes)
        outbox.on_commit(self._wake.set)
        destinations.on_removed(self._forget)

    async def run(self) -> None:
        """Opens a lane for each destination with a due delivery, then waits for the next one (supervised).

        Only for destinations in the shards whose lease this process holds.
        """
        async with asyncio.TaskGroup() as group:
            for shard in range(OUTBOX_SHARDS):
                group.create_task(self._shards.keep(shard), name=f"outbox-{shard}")
            # Take leases granted at once before the first read.
            await asyncio.sleep(0)
            while True:
                self._wake.clear()
                try:
                    wait_s = await self._open_lanes()
                except StoreError as error:
                    # Running lanes continue; the check "store" reports the fault.
                    logger.warning("deliveries.not_read error=%s", error)
                    wait_s = _LANE_RESTS_S
                try:
                    async with asyncio.timeout(wait_s):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    def stop_attempts(self) -> None:
        """Starts no further attempt; those in progress continue."""
        self._finishing = True

    async def _open_lanes(self) -> float:
        """Opens the missing lanes; returns the seconds until another may be due."""
        if self._finishing:
            return _LONGEST_WAIT_S
        rows = await self._database.read(delivery_table.due_by_destination)
        now_us = to_us(self._clock.now())
        wait_s = _LONGEST_WAIT_S
        for name, next_us in rows:
            if name in self._lanes or (context := self._shards.context_of(name)) is None:
                continue
            rests_s = self._resting.get(name, 0.0) - self._clock.monotonic()
            if rests_s > 0:
                wait_s = min(wait_s, rests_s)
            elif next_us <= now_us:
                self._resting.pop(name, None)
                lane = asyncio.create_task(self._lane(name), name=f"deliveries-{name}", context=context)
                self._lanes[name] = lane
                lane.add_done_callback(self._lane_ended)
            else:
                wait_s = min(wait_s, (from_us(next_us) - self._clock.now()) / timedelta(seconds=1))
        return max(0.0, wait_s)

    async def _end_lanes(self, shard: int) -> None:
        lanes = [lane for name, lane in self._lanes.items() if shard_of(name) == shard]
        for lane in lanes:
            lane.cancel()
        if lanes:
            await asyncio.wait(lanes)

    def _lane_ended(self, lane: asyncio.Task[None]) -> None:
        name = lane.get_name().removeprefix("deliveries-")
        self._lanes.pop(name, None)
        self._wake.set()
        if not lane.cancelled() and (error := lane.exception()) is not None:
            self._resting[name] = self._clock.monotonic() + _LANE_RESTS_S
            logger.error("deliveries.lane_failed lane=%s", lane.get_name(), exc_info=error)

    async def _lane(self, name: str) -> None:
        """Sends to one destination until nothing is due, or until it asks for a pause."""
        while name not in self._resting and not self._finishing:
            now_us = to_us(self._clock.now())
            destination, batch = await self._database.read(
                partial(next_batch, self._destinations, name, now_us, _AT_ONCE)
            )
            if not batch:
                return
            if destination is None:
                await self._end(name)
                return
            breaker = self._make_breaker(destination.name, destination.label)
            async with asyncio.TaskGroup() as group:
                for delivery in batch:
                    group.create_task(self._deliver(destination, delivery, breaker))

    async def _deliver(self, destination: Destination, delivery: Due, breaker: Breaker) -> None:
        begun = self._clock.monotonic()
        permit = await breaker.acquire()
        try:
            await self._pace(destination)
            waited_s = self._clock.monotonic() - begun
            if (waited_s > _LOOKED_AT_AGAIN_S and await self._is_over(delivery)) or self._finishing:
                permit.released()
                return
            self._track(cast("asyncio.Task[None]", asyncio.current_task()))
            await self._attempt(destination, delivery, permit)
        except BaseException:
            permit.released()
            raise

    async def _attempt(self, destination: Destination, delivery: Due, permit: Permit) -> None:
        """Makes one attempt and records its outcome."""
        outcome = await self._try(destination, delivery.message)
        _inform_breaker(permit_outcome=outcome, failed=permit.failed, succeeded=permit.succeeded)
        if outcome.verdict == "failed" and outcome.retry_after_s:
            rests_s = min(outcome.retry_after_s, _LONGEST_REST_S)
            self._resting[destination.name] = self._clock.monotonic() + rests_s
        settled = await self._settle(destination, delivery, outcome)
        if settled is None:
            return
        self._on_outcome(destination, settled)
        if outcome.verdict == "gone":
            self._destinations.notify_removed(destination.name)

    async def _try(self, destination: Destination, message: Message) -> Outcome:
        try:
            return await send(
                self._session(),
                destination,
                message,
                render=self._render,
                now=self._clock.now(),
                loopback=self._loopback,
                timeout_s=self._timeout_s,
            )
        except Exception as error:
            # A delivery that cannot be sent counts as a failed attempt; it must not block the next ones.
            logger.exception("delivery.unsendable event=%s type=%s", message.id, message.type)
            return Outcome(verdict="failed", took_s=0.0, error=type(error).__name__)

    async def _settle(self, destination: Destination, delivery: Due, outcome: Outcome) -> Settled | None:
        """Records the outcome, retrying until it is stored; else the delivery would be sent again."""
        tried = 0
        while True:
            try:
                return await self._recorder.record(destination, delivery.id, delivery.attempts + 1, outcome)
            except StoreError as error:
                logger.warning("delivery.not_written id=%d error=%s", delivery.id, error)
            await self._sleep(_STORE_RETRY_S[min(tried, len(_STORE_RETRY_S) - 1)])
            tried += 1

    async def _is_over(self, delivery: Due) -> bool:
        """Whether it ended while it waited for its turn: its hook was removed, or disabled.

        True if the store cannot tell; the next turn then decides. An exception here would cancel the
        other attempts of the batch, which may have arrived already.
        """
        try:
            return await self._database.read(lambda tx: delivery_table.is_over(tx, delivery.id))
        except StoreError as error:
            logger.warning("deliveries.not_read error=%s", error)
            return True

    async def _pace(self, destination: Destination) -> None:
        if destination.kind != "zapier":
            return
        pace = self._paces.get(destination.name)
        if pace is None:
            pace = Pace(HOOK_PER_S, 1, self._clock, sleep=self._sleep)
            self._paces[destination.name] = pace
        await pace.wait()
        await self._all_zapier.wait()

    async def _end(self, name: str) -> None:
        """Ends the deliveries of a destination that no longer exists (removed hook or setting)."""
        now_us = to_us(self._clock.now())
        # A subscriber removes its hook on purpose. A missing setting may be a mistake: notify the admins.
        notified_us = now_us if is_hook(name) else None
        await self._database.write(
            lambda tx: delivery_table.end_waiting(
                tx, name, now_us, "its destination is gone", notified_us=notified_us
            )
        )
        self._destinations.notify_removed(name)

    def _forget(self, name: str) -> None:
        self._paces.pop(name, None)
        self._resting.pop(name, None)


def _inform_breaker(
    *, permit_outcome: Outcome, failed: Callable[[], None], succeeded: Callable[[], None]
) -> None:
    """Records the outcome at the breaker. A refusal counts as success: the destination answered."""
    if permit_outcome.verdict == "failed" and permit_outcome.status != 429:
        failed()
    else:
        succeeded()
