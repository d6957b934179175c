"""Deliveries over real sockets: signed, in time, again, given up, brought back; time is the test's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp
import msgspec
import pytest
import standardwebhooks

from core.breaker import Breaker, BreakerPolicy
from core.database import Database
from core.drain import Drain
from core.secret import Secret
from core.settings import Settings
from core.store_errors import StoreError
from core.webhooks._due import is_over
from core.webhooks._settling import Settled
from core.webhooks.deliverer import Deliverer
from core.webhooks.destinations import Destination, Destinations, end_waiting
from core.webhooks.guard import build_session
from core.webhooks.outbox import Delivery, Outbox, PayloadTooLarge
from core.webhooks.retries import SCHEDULE_S
from core.webhooks.sending import Message
from core.webhooks.untold import Untold
from tests.core.webhooks.receiver import Receiver, receiving
from tests.manual_clock import ManualClock

SIGNING = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


class Stage:
    """An outbox with its deliverer on a clock of the test's own, and real connections."""

    def __init__(
        self, store: Database, clock: ManualClock, settings: Settings, *, timeout_s: float = 5
    ) -> None:
        self.store = store
        self.clock = clock
        self.destinations = Destinations(store, clock, settings)
        self.outbox = Outbox(store, clock, self.destinations)
        self.settled: list[Settled] = []
        self.changed = asyncio.Condition()
        self._telling: asyncio.Task[None] | None = None
        self.drain = Drain()
        self.breakers: dict[str, Breaker] = {}
        self.policy = BreakerPolicy(min_calls=1000)
        self._session: aiohttp.ClientSession | None = None
        self.deliverer = Deliverer(
            self.outbox,
            self.destinations,
            store,
            clock,
            session=self._open,
            breaker=self._breaker,
            render=lambda _kind, message: message.payload,
            loopback=True,
            exhausted=_exhausted,
            on_outcome=self._note,
            track=lambda task: self.drain.track(task, "delivery"),
            sleep=clock.sleep,
            jitter=lambda: 0.0,
            timeout_s=timeout_s,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = build_session(loopback=True, user_agent="test")
        return self._session

    def _breaker(self, name: str, _label: str) -> Breaker:
        if name not in self.breakers:
            self.breakers[name] = Breaker(name, self.clock, self.policy, sleep=self.clock.sleep)
        return self.breakers[name]

    def _note(self, _destination: Destination, settled: Settled) -> None:
        self.settled.append(settled)
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until_idle(self) -> None:
        """Nothing is being sent, and no lane has anything to begin."""
        async with asyncio.timeout(10):
            while self.deliverer._lanes:
                await asyncio.sleep(0.005)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.settled) >= count)

    async def emit(self, kind: str = "ucf.changed", data: object = None) -> str:
        payload = json.dumps({"type": kind, "timestamp": "x", "data": data or {}}).encode()
        event = await self.store.write(
            lambda connection: self.outbox.enqueue(connection, self.clock.now(), kind, payload)
        )
        self.outbox.committed()
        return event

    async def one(self) -> Delivery:
        (delivery,) = await self.outbox.page()
        return delivery

    async def wait(self, seconds: float) -> None:
        """Let time pass, and the deliverer notice."""
        self.clock.advance(seconds)
        self.outbox.committed()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.deliverer.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})
            for breaker in self.breakers.values():
                await breaker.close()
            if self._session is not None:
                await self._session.close()


def _exhausted(settled: Settled) -> tuple[str, bytes] | None:
    if settled.type == "delivery.exhausted":
        return None
    return "delivery.exhausted", json.dumps({"delivery": settled.delivery}).encode()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


def settings(receiver: Receiver, **changes: Any) -> Settings:
    base = Settings(zapier_webhook_url=(Secret(receiver.url),), webhook_signing_secret=Secret(SIGNING))
    return msgspec.structs.replace(base, **changes)


@pytest.fixture
async def stage(store: Database, clock: ManualClock, receiver: Receiver) -> Stage:
    return Stage(store, clock, settings(receiver))


async def test_an_event_arrives_signed_with_an_id_and_counts_as_delivered(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", _At(stage.clock))
    async with stage.running():
        event = await stage.emit(data={"x": 1})
        await stage.until(1)
    (got,) = receiver.got
    assert got.headers["webhook-id"] == event
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "test"
    verified = standardwebhooks.Webhook(SIGNING).verify(got.body, got.headers)
    assert verified["data"] == {"x": 1}
    delivery = await stage.one()
    assert (delivery.status, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)
    assert await stage.outbox.refresh() == 0


class _At:
    """The peer's `datetime`, on the test's clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now(self, tz: Any = None) -> Any:
        return self._clock.now().astimezone(tz)

    def __getattr__(self, name: str) -> Any:
        import datetime as dt

        return getattr(dt.datetime, name)


async def test_it_is_tried_again_by_the_schedule_with_the_same_id_and_then_is_a_dead_letter(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    async with stage.running():
        event = await stage.emit()
        await stage.until(1)
        for attempt, pause_s in enumerate(SCHEDULE_S[1:], start=1):
            delivery = await stage.one()
            assert (delivery.status, delivery.attempts, delivery.last_error) == (
                "waiting", attempt, "HTTP 500",
            )  # fmt: skip
            assert delivery.next_at == stage.clock.now() + timedelta(seconds=pause_s)
            await stage.wait(pause_s)
            await stage.until(attempt + 1)
        await stage.until(11)
    assert {got.headers["webhook-id"] for got in receiver.got[:10]} == {event}
    moments = {got.headers["webhook-timestamp"] for got in receiver.got[:10]}
    assert len(moments) == 10, "each attempt is signed anew"
    dead = [delivery for delivery in await stage.outbox.page(status="dead") if delivery.event_id == event]
    assert [(each.attempts, each.last_status) for each in dead] == [(10, 500)]
    whole = await stage.outbox.find(dead[0].id)
    assert whole is not None
    assert [attempt.number for attempt in whole[2]] == list(range(10, 0, -1))


async def test_a_dead_letter_is_told_of_once_and_not_one_about_itself(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [400]
    async with stage.running():
        await stage.emit()
        await stage.until(2)
    assert [settled.type for settled in stage.settled] == ["ucf.changed", "delivery.exhausted"]
    assert all(settled.status == "dead" for settled in stage.settled)
    assert len(await stage.outbox.page()) == 2


async def test_replay_sends_a_dead_letter_again_from_the_first_attempt(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [404, 404, 200]
    async with stage.running():
        event = await stage.emit()
        await stage.until(2)
        dead = next(each for each in await stage.outbox.page(status="dead") if each.event_id == event)
        assert await stage.outbox.dead_since(None) == (dead.id, dead.id + 1)
        assert await stage.outbox.dead_since(stage.clock.now() + timedelta(seconds=1)) == ()
        assert await stage.outbox.replay(dead.id)
        await stage.until(3)
    assert not await stage.outbox.replay(dead.id)
    whole = await stage.outbox.find(dead.id)
    assert whole is not None
    assert (whole[0].status, whole[0].attempts) == ("delivered", 1)
    assert receiver.got[2].headers["webhook-id"] == event


@pytest.mark.parametrize(
    ("status", "left"),
    [
        (200, "delivered"), (201, "delivered"), (204, "delivered"), (299, "delivered"),
        (301, "waiting"), (302, "waiting"), (308, "waiting"),
        (400, "dead"), (401, "dead"), (404, "dead"), (422, "dead"),
        (408, "waiting"), (425, "waiting"), (429, "waiting"), (500, "waiting"), (503, "waiting"),
    ],
)  # fmt: skip
async def test_what_an_answer_means(stage: Stage, receiver: Receiver, status: int, left: str) -> None:
    receiver.statuses = [status]
    receiver.headers = {"Location": receiver.url}
    async with stage.running():
        event = await stage.emit()
        await stage.until(1)
    delivery = next(each for each in await stage.outbox.page() if each.event_id == event)
    assert delivery.status == left
    assert sum(got.headers["webhook-id"] == event for got in receiver.got) == 1, "no redirect is followed"


async def test_zapier_calls_only_200_a_success(stage: Stage, receiver: Receiver) -> None:
    destination = msgspec.structs.replace(stage.destinations.configured[0], kind="zapier")
    stage.destinations._by_name["zapier"] = destination
    receiver.statuses = [201, 200]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert (await stage.one()).status == "waiting"
        await stage.wait(5)
        await stage.until(2)
    assert (await stage.one()).status == "delivered"


async def test_retry_after_is_honoured(stage: Stage, receiver: Receiver) -> None:
    receiver.statuses = [503]
    receiver.headers = {"Retry-After": "120"}
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    assert (await stage.one()).next_at == stage.clock.now() + timedelta(seconds=120)


async def test_410_removes_a_hook_and_ends_what_waits_for_it(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.statuses = [500, 410]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.emit()
        await stage.until(2)
    assert await stage.destinations.subscriptions() == ()
    assert {delivery.status for delivery in await stage.outbox.page()} == {"dead"}
    assert stage.settled[-1].disabled == "it answered 410 Gone"
    assert await stage.emit()
    assert len(await stage.outbox.page()) == 2


async def test_410_disables_a_destination_of_the_settings_until_it_is_enabled(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [410, 200]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert await stage.destinations.disabled() == {"zapier": "it answered 410 Gone"}
        await stage.emit()
        assert await stage.outbox.page(status="waiting") == ()
        assert await stage.destinations.enable("zapier")
        await stage.emit()
        await stage.until(2)
    assert stage.settled[-1].status == "delivered"
    assert not await stage.destinations.enable("zapier")


async def test_after_five_days_of_failures_a_destination_is_disabled(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.wait(5 * 86_400 - 60)
        await stage.until(2)
        assert await stage.destinations.disabled() == {}
        await stage.wait(300)
        await stage.until(3)
    assert await stage.destinations.disabled() == {"zapier": "it has failed for 5 days"}
    assert stage.settled[-1].disabled == "it has failed for 5 days"
    assert stage.settled[-1].status == "dead"
    assert (await stage.outbox.page(status="waiting")) == ()


async def test_a_replay_adds_its_attempts_to_those_before_it(stage: Stage, receiver: Receiver) -> None:
    receiver.statuses = [500, 500, 400, 400, 200]
    async with stage.running():
        event = await stage.emit()
        await stage.until(1)
        for pause_s in SCHEDULE_S[1:3]:
            await stage.wait(pause_s)
            await stage.until(len(stage.settled) + 1)
        dead = next(each for each in await stage.outbox.page(status="dead") if each.event_id == event)
        await stage.until(4)
        assert await stage.outbox.replay(dead.id)
        await stage.until(5)
    whole = await stage.outbox.find(dead.id)
    assert whole is not None
    assert [(each.number, each.status) for each in whole[2]] == [(4, 200), (3, 400), (2, 500), (1, 500)]
    assert whole[0].attempts == 1


async def test_after_five_days_of_refusals_a_destination_is_disabled_too(
    stage: Stage, receiver: Receiver
) -> None:
    """As that of a Discord webhook which was deleted, which answers 404 from then on."""
    receiver.statuses = [404]
    async with stage.running():
        await stage.emit()
        await stage.until(2)
        await stage.wait(5 * 86_400 + 60)
        assert await stage.destinations.disabled() == {}
        await stage.emit()
        await stage.until(3)
    assert await stage.destinations.disabled() == {"zapier": "it has failed for 5 days"}


async def test_one_success_starts_the_five_days_over(stage: Stage, receiver: Receiver) -> None:
    receiver.statuses = [500, 200, 500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.wait(4 * 86_400)
        await stage.until(2)
        await stage.emit()
        await stage.until(3)
        await stage.wait(4 * 86_400)
        await stage.until(4)
    assert await stage.destinations.disabled() == {}


async def test_a_hook_gets_its_own_event_signed_with_its_own_secret(
    store: Database, clock: ManualClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", _At(clock))
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("alert.raised", receiver.url)
    async with stage.running():
        await stage.emit("ucf.changed")
        await stage.emit("alert.raised", {"id": 1})
        await stage.until(1)
    (got,) = receiver.got
    assert standardwebhooks.Webhook(hook.secret).verify(got.body, got.headers)["data"] == {"id": 1}
    (shown,) = await stage.destinations.subscriptions()
    assert (shown.id, shown.event, shown.host) == (hook.id, "alert.raised", "127.0.0.1")
    assert await stage.destinations.unsubscribe(hook.id)
    assert not await stage.destinations.unsubscribe(hook.id)


async def test_a_connection_that_is_refused_is_tried_again(stage: Stage) -> None:
    stage.destinations._by_name["zapier"] = msgspec.structs.replace(
        stage.destinations.configured[0], url=Secret("http://127.0.0.1:1/hook")
    )
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    delivery = await stage.one()
    assert (delivery.status, delivery.last_status, delivery.last_error) == ("waiting", None, "no connection")


async def test_a_destination_that_hangs_is_given_up_in_time_and_stops_no_other(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.hang = True
    async with receiving() as healthy:
        both = settings(receiver, zapier_webhook_url=(Secret(receiver.url), Secret(healthy.url)))
        stage = Stage(store, clock, both, timeout_s=0.3)
        async with stage.running():
            for _ in range(20):
                await stage.emit()
            await healthy.until(20)
            await stage.until(24)
    errors = {settled.outcome.error for settled in stage.settled if settled.destination == "zapier"}
    assert errors == {"no answer in time"}


async def test_destinations_that_hang_stop_no_other_on_the_same_host(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.hangs_at = frozenset({"/one", "/two", "/three"})
    host = receiver.url.removesuffix("/hook")
    urls = tuple(Secret(f"{host}/{name}") for name in ("one", "two", "three", "healthy"))
    stage = Stage(store, clock, settings(receiver, zapier_webhook_url=urls))
    for _ in range(20):
        await stage.emit()
    async with stage.running():
        await stage.until(20)
    assert [settled.destination for settled in stage.settled] == ["zapier-4"] * 20
    assert {settled.status for settled in stage.settled} == {"delivered"}


async def test_no_address_inside_is_sent_to_outside_the_sandbox(stage: Stage, receiver: Receiver) -> None:
    stage.deliverer._loopback = False
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    assert receiver.got == []
    assert "whole https:// address" in ((await stage.one()).last_error or "")


async def test_a_kill_between_sending_and_noting_sends_it_again_under_the_same_id(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    first = Stage(store, clock, settings(receiver))

    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    first.deliverer._settling.settle = die  # type: ignore[method-assign, assignment]  # the process ends here
    async with first.running():
        event = await first.emit()
        await receiver.until(1)
    second = Stage(store, clock, settings(receiver))
    async with second.running():
        await second.until(1)
    assert [got.headers["webhook-id"] for got in receiver.got] == [event, event]
    assert (await second.one()).status == "delivered"


async def test_a_receipt_closes_the_loop_by_the_events_id_or_the_deliverys_number(stage: Stage) -> None:
    event = await stage.emit()
    assert await stage.outbox.keep_receipt(event, "posted")
    assert (await stage.one()).receipt == "posted"
    assert await stage.outbox.keep_receipt("1", "read")
    assert (await stage.one()).receipt == "read"
    assert not await stage.outbox.keep_receipt("msg_nothing", "x")


async def test_samples_are_the_newest_events_of_a_type(stage: Stage) -> None:
    for number in range(5):
        await stage.emit(data={"n": number})
    samples = [json.loads(sample)["data"]["n"] for sample in await stage.outbox.samples("ucf.changed")]
    assert samples == [4, 3, 2]
    assert await stage.outbox.samples("alert.raised") == ()


async def test_what_is_too_large_is_refused_with_the_change_that_caused_it(stage: Stage) -> None:
    with pytest.raises(PayloadTooLarge, match="20000"):
        await stage.emit(data={"x": "y" * 20_000})
    assert await stage.outbox.page() == ()


async def test_what_is_over_is_forgotten_after_a_month(stage: Stage) -> None:
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    await stage.emit()
    stage.clock.advance(31 * 86_400)
    assert await stage.outbox.prune() == 1
    assert await stage.outbox.counts() == {"waiting": 1}


async def test_ten_thousand_waiting_deliveries_are_counted_and_begun_at_once(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, settings(receiver))

    def many(connection: Any) -> None:
        for _ in range(10_000):
            stage.outbox.enqueue(connection, clock.now(), "ucf.changed", b"{}")

    await store.write(many)
    assert await stage.outbox.refresh() == 10_000
    async with stage.running():
        await receiver.until(8)
    assert len(stage.deliverer._lanes) <= 1


def test_a_message_says_nothing_of_its_address() -> None:
    message = Message(id="msg_1", type="x", payload=b"{}")
    assert "http" not in repr(message)


async def test_what_waits_behind_an_open_breaker_is_not_sent_once_its_hook_is_removed(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    stage.policy = BreakerPolicy(min_calls=1, open_s=60)
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    removed: list[str] = []
    stage.destinations.on_removed(removed.append)
    stage._breaker(hook.id, "").trip()
    async with stage.running():
        await stage.emit()
        await clock.until_sleeping()
        assert (await stage.one()).attempts == 0, "an open breaker consumes no attempt"
        assert await stage.destinations.unsubscribe(hook.id)
        await stage.wait(61)
        await stage.until_idle()
    assert receiver.got == []
    assert removed == [hook.id]
    assert (await stage.one()).last_error == "the hook is gone"


async def test_what_arrived_counts_as_delivered_though_its_destination_was_switched_off_meanwhile(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.hang = True
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        await stage.store.write(lambda connection: end_waiting(connection, "zapier", 1, "switched off"))
        receiver.released.set()
        await stage.until(1)
    assert (await stage.one()).status == "delivered"


async def test_a_store_that_refuses_for_a_while_makes_nothing_arrive_twice(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = stage.store.write, 2

    async def write(work: Any, **options: Any) -> Any:
        nonlocal left
        if left and not stage.settled and receiver.got:
            left -= 1
            raise StoreError("the disk is full")
        return await real(work, **options)

    monkeypatch.setattr(stage.store, "write", write)
    async with stage.running():
        await stage.emit()
        for pause_s in (0.1, 0.5):
            assert [round(each, 3) for each in await stage.clock.until_sleeping()] == [pause_s]
            await stage.wait(pause_s)
        await stage.until(1)
    assert len(receiver.got) == 1
    assert (await stage.one()).status == "delivered"


async def test_one_that_cannot_be_rendered_holds_up_none_behind_it(stage: Stage) -> None:
    def render(_kind: str, message: Message) -> bytes:
        if b"poison" in message.payload:
            raise KeyError("timestamp")
        return message.payload

    stage.deliverer._render = render
    async with stage.running():
        bad = await stage.emit(data={"x": "poison"})
        good = await stage.emit()
        await stage.until(2)
    by_event = {each.event_id: each for each in await stage.outbox.page()}
    assert (by_event[bad].status, by_event[bad].last_error) == ("waiting", "KeyError")
    assert by_event[good].status == "delivered"


async def test_a_lane_that_fails_rests_before_it_is_opened_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = stage.destinations.find, 0

    def find(*arguments: Any) -> Destination | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("a bug")
        return real(*arguments)

    monkeypatch.setattr(stage.destinations, "find", find)
    async with stage.running():
        await stage.emit()
        async with asyncio.timeout(10):
            while not stage.deliverer._resting:
                await asyncio.sleep(0.005)
        stage.outbox.committed()
        await asyncio.sleep(0.02)
        assert calls == 1
        await stage.wait(5)
        await stage.until(1)
    assert (await stage.one()).status == "delivered"


async def test_a_store_that_cannot_be_read_ends_nothing_that_is_being_sent(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.hang = True
    async with stage.running() as task:
        await stage.emit()
        await receiver.until(1)
        real, failed = stage.store.read, asyncio.Event()

        async def read(work: Any) -> Any:
            if not failed.is_set():
                failed.set()
                raise StoreError("cannot be read")
            return await real(work)

        monkeypatch.setattr(stage.store, "read", read)
        stage.outbox.committed()
        await failed.wait()
        receiver.released.set()
        await stage.until(1)
        assert not task.done()
    assert (await stage.one()).status == "delivered"


async def test_a_replay_that_arrives_switches_its_destination_on_again(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [410, 200]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert await stage.destinations.disabled() == {"zapier": "it answered 410 Gone"}
        assert await stage.outbox.replay((await stage.one()).id)
        await stage.until(2)
    assert await stage.destinations.disabled() == {}


async def test_a_store_that_cannot_be_read_cuts_off_nothing_that_is_being_sent(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, read = 0, stage.store.read

    async def fails_once(work: Any) -> Any:
        nonlocal looked
        if getattr(work, "func", None) is not is_over:
            return await read(work)
        looked += 1
        if looked == 2:
            receiver.hang = True
            await receiver.until(2)
            raise StoreError("busy")
        return await read(work)

    monkeypatch.setattr(stage.store, "read", fails_once)
    stage._breaker("zapier", "").trip()
    sent = [await stage.emit() for _ in range(3)]
    async with stage.running():
        await stage.clock.until_sleeping()
        stage.clock.advance(stage.policy.open_s)
        await receiver.until(2)
        receiver.released.set()
        await stage.until(2)
        await stage.wait(10)
        await stage.until(3)
    assert sorted(got.headers["webhook-id"] for got in receiver.got) == sorted(sent)


async def test_a_stop_waits_for_what_is_being_sent_and_begins_nothing_more(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.hang = True
    async with stage.running():
        first = await stage.emit()
        await receiver.until(1)
        stage.deliverer.begin_no_more()
        finishing = asyncio.create_task(stage.drain.finish(10))
        await asyncio.sleep(0)
        second = await stage.emit()
        assert not finishing.done()
        receiver.released.set()
        assert await finishing == {}
        await stage.until_idle()
    assert [got.headers["webhook-id"] for got in receiver.got] == [first]
    left = {each.event_id: each.status for each in await stage.outbox.page()}
    assert left == {first: "delivered", second: "waiting"}


async def test_a_stop_waits_no_longer_than_it_may(stage: Stage, receiver: Receiver) -> None:
    receiver.hang = True
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        stage.deliverer.begin_no_more()
        async with asyncio.timeout(5):
            assert await stage.drain.finish(0.01) == {"delivery": 1}
    assert (await stage.one()).status == "waiting"


async def test_what_waits_for_a_breaker_is_not_begun_after_a_stop(stage: Stage, receiver: Receiver) -> None:
    stage._breaker("zapier", "").trip()
    await stage.emit()
    async with stage.running():
        await stage.clock.until_sleeping()
        stage.deliverer.begin_no_more()
        stage.clock.advance(stage.policy.open_s)
        await stage.until_idle()
    assert receiver.got == []


async def test_a_hook_that_goes_takes_its_pace_with_it(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    found = await store.read(lambda connection: stage.destinations.find(connection, hook.id))
    assert found is not None
    await stage.deliverer._pace(msgspec.structs.replace(found, kind="zapier"))
    assert set(stage.deliverer._paces) == {hook.id}
    await stage.destinations.unsubscribe(hook.id)
    assert stage.deliverer._paces == {}


async def test_who_asks_for_a_pause_gets_one_from_everything_that_waits(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [429, 200]
    receiver.headers = {"Retry-After": "60"}
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.emit()
        await asyncio.sleep(0.02)
        assert len(receiver.got) == 1
        await stage.wait(59)
        await asyncio.sleep(0.02)
        assert len(receiver.got) == 1
        await stage.wait(1)
        await stage.until(3)
    assert {each.status for each in await stage.outbox.page()} == {"delivered"}


async def test_retry_after_as_a_date_is_honoured_and_one_shorter_than_the_schedule_is_not(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [503]
    receiver.headers = {"Retry-After": format_datetime(stage.clock.now() + timedelta(hours=2), usegmt=True)}
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        assert (await stage.one()).next_at == stage.clock.now() + timedelta(hours=2)
        receiver.headers = {"Retry-After": "1"}
        await stage.wait(7_200)
        await stage.until(2)
    assert (await stage.one()).next_at == stage.clock.now() + timedelta(seconds=SCHEDULE_S[2])


async def test_a_hook_that_is_removed_while_it_is_sent_to_ends_quietly(
    store: Database, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.hang, receiver.statuses = True, [500]
    async with stage.running():
        await stage.emit()
        await receiver.until(1)
        assert await stage.destinations.unsubscribe(hook.id)
        receiver.released.set()
        await stage.until_idle()
    assert stage.settled == []
    delivery = await stage.one()
    assert (delivery.status, delivery.last_error) == ("dead", "the hook is gone")
    assert not await stage.outbox.replay(delivery.id), "nobody is there to send it to"
    assert not await Untold(store).any()


async def test_what_waits_for_a_destination_that_left_the_settings_is_dead_and_told(
    stage: Stage, store: Database, clock: ManualClock
) -> None:
    await stage.emit()
    without = Stage(store, clock, Settings())
    async with without.running():
        async with asyncio.timeout(10):
            while (await without.one()).status != "dead":
                await asyncio.sleep(0.005)
    untold = Untold(store)
    assert await untold.any()
    await untold.claim(7)
    assert not await untold.any()
    told = await untold.of(7)
    assert told is not None
    assert [(each.destination, each.error) for each in told.letters] == [
        ("zapier", "its destination is gone")
    ]
    assert (told.count, told.off) == (1, {})
    assert await untold.of(8) is None
    assert not await without.outbox.replay(told.first)
    assert await stage.outbox.replay(told.first), "the setting is back"
