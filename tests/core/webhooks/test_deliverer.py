"""Deliveries over real sockets: signed, in time, again, given up, brought back; time is the test's own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
import standardwebhooks

from core.logs.secret import Secret
from core.settings import Settings
from core.store import Store
from core.webhooks.retries import SCHEDULE_S
from tests.core.webhooks.delivery_stage import SIGNING, Stage, settings
from tests.core.webhooks.receiver import Receiver, receiving
from tests.manual_clock import ManualClock

pytestmark = pytest.mark.unmeasured


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


async def test_a_hook_gets_its_own_event_signed_with_its_own_secret(
    store: Store, clock: ManualClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
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
    store: Store, clock: ManualClock, receiver: Receiver
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
    store: Store, clock: ManualClock, receiver: Receiver
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
    assert "full https:// URL" in ((await stage.one()).last_error or "")


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
