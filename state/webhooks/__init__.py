"""The webhooks of the collective, in and out: opened, registered and closed together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from core.breakers import Breakers
from core.breakers.breaker import Breaker
from core.breakers.policies import HANDLER_POLICY
from core.health import Reading
from core.http.look_ups import LookUps
from core.http.outgoing import USER_AGENT, Outgoing
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreError
from core.store.moments import to_us
from core.store.tx import Tx
from core.version import VERSION
from core.webhooks.dead_letter_notice import DeadLetterNotices
from core.webhooks.deliverer import Deliverer
from core.webhooks.destinations import Destinations
from core.webhooks.inbox import Accepted, Inbox, Incoming
from core.webhooks.job import Handler, Job
from core.webhooks.outbox import Outbox
from core.webhooks.pacing import Sleep
from core.webhooks.router import Router
from core.webhooks.table.waits_table import shorten_waits
from state.change import Change, JournalRow
from state.events import (
    IN_EVENTS,
    InEvent,
    InSpec,
    OutEvent,
    SystemStarted,
    SystemStopping,
    WrongData,
    encode_payload,
    type_of,
)
from state.events.incoming import MessagePost
from state.manager import StateManager
from state.models import Snapshot
from state.webhooks._health import read_queues
from state.webhooks._notify import DeliveryReporter, OnSettled, ucf_changed
from state.webhooks.recent import MOST, RecentDeliveries
from state.webhooks.render import render

if TYPE_CHECKING:
    import aiohttp

E = TypeVar("E", bound=InEvent)

logger = logging.getLogger(__name__)

_COUNT_EVERY_S: Final = 5.0


class Webhooks:
    """The inbox with its router, the outbox with its deliverer, and the breakers of both.

    Attributes:
        inbox: incoming events.
        outbox: outgoing events.
        destinations: where outgoing events are sent.
        breakers: one for each destination and each handler.
        notices: the notices to the admins about dead letters.
        recent: the newest deliveries.
        look_ups: resolves the hosts of destinations.
    """

    def __init__(
        self,
        kernel: Kernel,
        manager: StateManager,
        database: Store,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._kernel = kernel
        self._manager = manager
        self._database = database
        clock, metrics, settings = kernel.clock, kernel.metrics, kernel.settings
        self.breakers = Breakers(clock, metrics, sleep=sleep, warn_above=settings.breakers_open_warn)
        self.inbox = Inbox(database, clock)
        self.destinations = Destinations(database, clock, settings)
        self.outbox = Outbox(database, clock, self.destinations)
        self.notices = DeadLetterNotices(database)
        self.recent = RecentDeliveries()
        self.loopback = settings.in_sandbox
        self._outgoing = Outgoing("deliveries", self._build_session)
        self.look_ups = self._outgoing.look_ups
        # The disabled destinations, as last read.
        self._off: tuple[str, ...] = ()
        self._reporter = DeliveryReporter(kernel)
        self._events = metrics.counter(
            "helix_webhook_events_total", "Incoming events, by outcome.", ("event", "outcome")
        )
        metrics.gauge("helix_queue_depth", "Waiting entries, by queue.", ("queue",)).function(
            lambda: {("inbox",): float(self.inbox.waiting), ("outbox",): float(self.outbox.waiting)}
        )
        self._handlers: dict[str, Handler] = {}
        self.router = Router(
            self.inbox,
            database,
            clock,
            breaker=lambda name: self.breakers.get(name, name, HANDLER_POLICY),
            on_outcome=self._events.inc,
        )
        self.deliverer = Deliverer(
            self.outbox,
            self.destinations,
            database,
            clock,
            session=self._outgoing.session,
            breaker=self.breakers.get,
            render=render,
            loopback=self.loopback,
            exhausted=self._reporter.exhausted,
            on_outcome=self._reporter.settled,
            track=lambda task: kernel.drain.track(task, "delivery"),
            sleep=sleep,
        )

    async def reload(self) -> None:
        """Counts again what waits, and looks for due work, after another process changed it."""
        await self.recount()
        self.router.wake()
        self.outbox.committed()

    async def recount(self) -> None:
        """Counts again what waits, after another process was done with some of it."""
        await self.inbox.open()
        await self._count()

    async def open(self) -> None:
        """Counts what waits, and accepts events from now on; nothing is sent before the supervisor runs."""
        await self.shorten_waits()
        self._kernel.clock_skew.on_set_back(self.shorten_waits)
        await self.inbox.open()
        await self._count()
        self.recent.load(await self.outbox.page(limit=MOST))
        self.on_attempt(lambda settled: self.recent.add(settled, self._kernel.clock.now()))
        self._manager.set_event_sink(self._take_events)
        self._manager.add_transaction_hook(ucf_changed)
        self._manager.subscribe(self._changed)
        self.destinations.on_removed(self.breakers.forget)
        for destination in self.destinations.configured:
            # Create their breakers now, so that they are shown and can be reset before the first delivery.
            self.breakers.get(destination.name, destination.label)
        for name in self._off:
            self.breakers.get(name, self.destinations.label_of(name))
        supervisor, health = self._kernel.supervisor, self._kernel.health
        supervisor.add("deliveries", self.deliverer.run)
        supervisor.add("delivery-count", self._count, every_s=_COUNT_EVERY_S, first_after_s=_COUNT_EVERY_S)
        self.breakers.on_change(self._publish_breaker)
        health.add_probe("breakers", self.breakers.probe)
        health.add_probe("webhooks", self._probe)

    def register(
        self,
        record: type[E],
        handle: Callable[[Job, E], Awaitable[None]],
        *,
        when: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Registers the handler of one event; its lane, which other events may share, is supervised.

        Args:
            record: the event's record, listed in `state.events.registry`.
            handle: gets the job and its data.
            when: awaited before each attempt, as in `Router.register`.
        """

        async def handle_job(job: Job) -> None:
            await handle(job, msgspec.json.decode(job.data, type=record))

        spec = next(spec for spec in IN_EVENTS.values() if spec.record is record)
        self._handlers[spec.name] = handle_job
        if spec.handler not in self.router.handlers:
            lane = self.router.register(spec.handler, lambda job: self._handlers[job.type](job), when=when)
            name = f"inbox:{spec.handler}"
            self._kernel.supervisor.add(name, lane, lease=name)

    def check(self, data: InEvent) -> None:
        """Checks an event's data against the settings, before it is stored.

        Raises:
            WrongData: it asks for something that the settings do not permit.
        """
        if isinstance(data, MessagePost) and int(data.channel) not in self._kernel.settings.post_channel_ids:
            raise WrongData("channel", "is not listed in POST_CHANNEL_IDS")

    async def accept(
        self, spec: InSpec, data: bytes, key: str | None, *, body_key: str | None = None
    ) -> Accepted:
        """Stores an authenticated and validated event; see `Inbox.accept`."""
        accepted = await self.inbox.accept(
            Incoming(type=spec.name, data=data, key=key, handlers=(spec.handler,), body_key=body_key)
        )
        self._events.inc(spec.name, "duplicate" if accepted.duplicate else "accepted")
        return accepted

    async def emit(self, event: OutEvent) -> None:
        """Sends an event about something that changed no state."""
        await self._manager.change(lambda _: Change(events=(event,)))

    async def emit_started(self) -> None:
        """Sends `system.started`, once Helix is ready."""
        try:
            await self.emit(SystemStarted(version=VERSION, started_at=self._kernel.started_at))
        except StoreError as error:
            logger.warning("webhooks.started_not_stored error=%s", error)

    async def emit_stopping(self, within_s: float) -> None:
        """Sends `system.stopping`, waits up to `within_s` for its first attempts, then stops the deliverer.

        Deliveries without an attempt by then are sent after the next start. The drain waits for those in
        progress.
        """
        tried = asyncio.Event()
        stop = self.on_attempt(lambda _: tried.set())
        with self._kernel.drain.work("goodbye"):
            try:
                async with asyncio.timeout(within_s):
                    event = SystemStopping(version=VERSION, stopping_at=self._kernel.clock.now())
                    event_id = await self.send(event)
                    while any(
                        not each.attempts for each in await self.outbox.page(event_id=event_id, limit=100)
                    ):
                        await tried.wait()
                        tried.clear()
            except TimeoutError:
                logger.info("webhooks.stop_not_sent_yet")
            except StoreError as error:
                logger.warning("webhooks.stopping_not_stored error=%s", error)
            finally:
                stop()
                self.deliverer.stop_attempts()

    async def send(self, event: OutEvent, *rows: JournalRow) -> str:
        """Sends an event made by hand; returns its id, by which its deliveries are found."""
        ids: list[str] = []

        def also(tx: Tx, _old: Snapshot, _new: Snapshot) -> None:
            ids[:] = [self.enqueue(tx, event)]

        await self._manager.change_with(lambda _: Change(journal=rows), also=also)
        self.outbox.committed()
        return ids[0]

    def enqueue(self, tx: Tx, event: OutEvent) -> str:
        """Writes an event and its deliveries in the open transaction; returns its id."""
        now = self._kernel.clock.now()
        return self.outbox.enqueue(tx, now, type_of(event), encode_payload(event, now))

    async def note(self, *rows: JournalRow) -> None:
        """Journals what a person did with a delivery."""
        await self._manager.record(*rows)

    def on_attempt(self, callback: OnSettled) -> Callable[[], None]:
        """Calls `callback` after each delivery attempt, where it must not block; returns the unsubscriber."""
        return self._reporter.on_attempt(callback)

    async def shorten_waits(self) -> None:
        """After the clock ran ahead: shortens waits in inbox and outbox to their schedules."""
        now_us = to_us(self._kernel.clock.now())
        if shortened := await self._database.write(partial(shorten_waits, now_us=now_us)):
            logger.warning("webhooks.waits_shortened count=%d: the clock was ahead", shortened)
        self.router.wake()
        self.outbox.committed()

    async def prune(self) -> int:
        """Deletes events older than 30 days; returns how many."""
        return await self.inbox.prune() + await self.outbox.prune()

    async def close(self) -> None:
        """Closes connections and timers; waiting events are in the database."""
        await self.breakers.close()
        await self._outgoing.close()

    def _build_session(self, look_ups: LookUps) -> aiohttp.ClientSession:
        from core.http.guard import build_session

        return build_session(loopback=self.loopback, user_agent=USER_AGENT, look_ups=look_ups)

    def _publish_breaker(self, breaker: Breaker) -> None:
        self._kernel.broadcaster.publish("breakers", breaker.view())

    def _take_events(self, tx: Tx, at: datetime, events: Sequence[OutEvent]) -> None:
        for event in events:
            if event.leaves:
                self.outbox.enqueue(tx, at, type_of(event), encode_payload(event, at))

    def _changed(self, _old: Snapshot, _new: Snapshot, change: Change) -> None:
        if change.events:
            self.outbox.committed()

    async def _count(self) -> None:
        await self.outbox.refresh()
        self._off = tuple(await self.destinations.disabled())

    def _probe(self) -> Reading:
        settings = self._kernel.settings
        return read_queues(
            self.inbox.waiting,
            self.outbox.waiting,
            full=self.inbox.high_water,
            full_share=settings.queue_warn_percent / 100,
            off=self._off,
            off_warn=settings.destinations_off_warn,
        )
