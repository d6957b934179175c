"""Each event that comes in: what it does, when it is refused, and that a kill does not double it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.logs.secret import Secret
from core.store.errors import StoreError
from core.webhooks.records import InboxEvent
from core.webhooks.table.handling_table import take_back
from state.events import find_incoming
from tests.manual_clock import DEFAULT_START, ManualClock
from tests.state.webhook_world import WebhookWorld, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[WebhookWorld]:
    async with opened(tmp_path) as started:
        yield started


def end_of(event: InboxEvent) -> tuple[str, str | None]:
    (handling,) = event.handlers
    assert handling.attempts == 1
    return handling.status, handling.error


async def test_ucf_update_sets_and_shifts_and_says_why_in_the_journal(world: WebhookWorld) -> None:
    event = await world.take("ucf.update", set={"prana": 0.9}, shift={"harmony": 0.25}, reason="calm")
    assert end_of(event) == ("done", None)
    ucf = world.collective.manager.snapshot.ucf
    assert (ucf.prana, ucf.harmony) == (0.9, 0.75)
    entries = await world.collective.journal.entries(kinds=("ucf",))
    assert {(entry.subject, entry.cause, entry.reason) for entry in entries} == {
        ("prana", "webhook", f"calm ({event.id})"),
        ("harmony", "webhook", f"calm ({event.id})"),
    }


async def test_ucf_update_out_of_range_changes_nothing_and_is_not_tried_again(world: WebhookWorld) -> None:
    before = world.collective.manager.snapshot
    status, error = end_of(await world.take("ucf.update", set={"prana": 0.9}, shift={"harmony": 9}))
    assert status == "dead"
    assert "harmony must be a number between 0 and 2" in str(error)
    assert world.collective.manager.snapshot is before


async def test_a_heartbeat_makes_an_agent_external(world: WebhookWorld) -> None:
    event = await world.take("agent.heartbeat", agent="gemini", status="active", task="scouting", load=0.3)
    assert end_of(event) == ("done", None)
    agent = next(one for one in world.collective.monitor.agents() if one.name == "Gemini")
    assert (agent.external, agent.status, agent.task, agent.load) == (True, "active", "scouting", 0.3)


async def heartbeats(world: WebhookWorld, *tasks: str) -> None:
    """Keep one heartbeat each, a minute apart, before any of them is handled."""
    clock = world.kernel.clock
    assert isinstance(clock, ManualClock)
    for task in tasks:
        data = msgspec.json.encode({"agent": "Gemini", "status": "active", "task": task})
        await world.webhooks.accept(find_incoming("agent.heartbeat"), data, None)
        clock.advance(60)


async def handle(world: WebhookWorld, count: int, *, newest_first: bool = False) -> None:
    jobs = [await world.webhooks.router._take("state.agents") for _ in range(count)]
    for job in reversed(jobs) if newest_first else jobs:
        assert job is not None
        await world.webhooks.router.handlers["state.agents"](job)
        assert job.is_done


async def test_a_heartbeat_that_waited_is_as_old_as_it_is(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock, supervised=False) as world:
        await heartbeats(world, "scouting")
        clock.advance(3600)
        await handle(world, 1)
        agent = next(one for one in world.collective.monitor.agents() if one.name == "Gemini")
        assert agent.since == DEFAULT_START
        assert agent.status == "stale"


async def test_a_heartbeat_that_is_tried_again_does_not_take_the_place_of_a_later_one(tmp_path: Path) -> None:
    async with opened(tmp_path, ManualClock(), supervised=False) as world:
        await heartbeats(world, "first", "second")
        await handle(world, 2, newest_first=True)
        agent = next(one for one in world.collective.monitor.agents() if one.name == "Gemini")
        assert agent.task == "second"


async def test_a_heartbeat_counts_though_the_clock_was_set_back_since_the_last_one(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock, supervised=False) as world:
        await heartbeats(world, "before")
        await handle(world, 1)
        clock.set(-7200)
        await heartbeats(world, "after")
        await handle(world, 1)
        agent = next(one for one in world.collective.monitor.agents() if one.name == "Gemini")
        assert agent.task == "after"


async def test_a_heartbeat_of_nobody_is_refused_with_the_nearest_name(world: WebhookWorld) -> None:
    status, error = end_of(await world.take("agent.heartbeat", agent="Gemeni", status="active"))
    assert status == "dead"
    assert "Gemini" in str(error)


async def test_a_ritual_is_run_as_a_directive(world: WebhookWorld) -> None:
    event = await world.take("ritual.start", steps=3)
    assert end_of(event)[0] == "done"
    number = int(str(event.handlers[0].result).removeprefix("directive "))
    directive = await world.collective.directives.get(number)
    assert (directive.text, directive.actor.cause) == ("ritual 3", "webhook")


@pytest.mark.parametrize(
    ("text", "says"), [("dance wildly", "dance"), ("ritual many", "ritual"), ("   ", "")]
)
async def test_a_directive_that_will_never_work_is_refused(world: WebhookWorld, text: str, says: str) -> None:
    status, error = end_of(await world.take("directive.run", directive=text))
    assert status == "dead"
    assert says in str(error)


async def test_an_alert_is_raised_reworded_and_cleared(world: WebhookWorld) -> None:
    alerts = world.collective.alerts
    data = {"key": "shop.down", "severity": "critical", "summary": "The shop is down"}
    assert end_of(await world.take("alert.raise", **data, detail="HTTP 502"))[0] == "done"
    assert end_of(await world.take("alert.raise", **data, detail="HTTP 503"))[0] == "done"
    assert [(one.key, one.detail) for one in alerts.open()] == [("shop.down", "HTTP 503")]
    assert end_of(await world.take("alert.raise", **data, detail="HTTP 503"))[0] == "done"
    assert end_of(await world.take("alert.clear", key="shop.down"))[0] == "done"
    assert alerts.open() == ()
    assert end_of(await world.take("alert.clear", key="shop.down"))[0] == "done"
    assert await world.sent() == {"alert.raised": 1, "alert.cleared": 1}


@pytest.mark.parametrize("kind", ["alert.raise", "alert.clear"])
async def test_what_is_measured_here_is_not_raised_or_cleared_from_outside(
    world: WebhookWorld, kind: str
) -> None:
    more = {"summary": "x"} if kind == "alert.raise" else {}
    status, error = end_of(await world.take(kind, key="ucf.harmony.low", **more))
    assert status == "dead"
    assert "Helix itself raises" in str(error)


async def test_a_context_is_archived_and_a_name_may_be_taken_again(world: WebhookWorld) -> None:
    for note in ("one", "two"):
        assert end_of(await world.take("context.archive", name="nightly", note=note))[0] == "done"
    found = await world.collective.contexts.find("nightly")
    assert found.note == "two"


async def test_a_context_without_a_name_is_refused(world: WebhookWorld) -> None:
    assert end_of(await world.take("context.archive", name="   "))[0] == "dead"


async def test_a_receipt_is_kept_with_its_delivery_or_refused(world: WebhookWorld) -> None:
    status, error = end_of(await world.take("receipt", delivery="msg_nothing", outcome="posted"))
    assert (status, error) == ("dead", "There is no delivery with that id.")


EVENTS: dict[str, dict[str, Any]] = {
    "ucf.update": {"shift": {"harmony": 0.1}},
    "agent.heartbeat": {"agent": "Gemini", "status": "active"},
    "ritual.start": {"steps": 2},
    "directive.run": {"directive": "ritual 2"},
    "alert.raise": {"key": "shop.down", "summary": "down"},
    "context.archive": {"name": "nightly"},
}


@pytest.mark.parametrize("kind", EVENTS)
async def test_a_kill_after_the_effect_does_not_bring_it_twice(tmp_path: Path, kind: str) -> None:
    """Nothing is settled after the handler's own transaction: that is what a kill leaves behind."""
    handler = find_incoming(kind).handler
    async with opened(tmp_path, supervised=False) as world:
        accepted = await world.webhooks.accept(find_incoming(kind), msgspec.json.encode(EVENTS[kind]), None)
        job = await world.webhooks.router._take(handler)
        assert job is not None
        await world.webhooks.router.handlers[handler](job)
        version = world.collective.manager.snapshot.version
        journal = len(await world.collective.journal.entries(limit=500))
    async with opened(tmp_path, supervised=False) as again:
        if kind in _KEYED:
            # The effect has a store of its own, and knows the event by its key.
            await again.collective.database.write(lambda connection: take_back(connection, handler, 0))
            job = await again.webhooks.router._take(handler)
            assert job is not None
            await again.webhooks.router.handlers[handler](job)
        else:
            found = await again.webhooks.inbox.find(accepted.id)
            assert found is not None
            assert found.status == "done"
            assert again.webhooks.inbox.waiting == 0
        assert again.collective.manager.snapshot.version == version
        assert len(await again.collective.journal.entries(limit=500)) == journal


_KEYED = {"ritual.start", "directive.run"}


async def test_a_receipt_and_its_done_are_one_transaction(tmp_path: Path) -> None:
    nowhere = (Secret("http://127.0.0.1:1/hook"),)
    async with opened(tmp_path, supervised=False, zapier_webhook_url=nowhere) as world:
        outbox, inbox, router = world.webhooks.outbox, world.webhooks.inbox, world.webhooks.router
        await world.collective.database.write(
            lambda connection: outbox.enqueue(connection, DEFAULT_START, "ucf.changed", b"{}")
        )
        (delivery,) = await outbox.page()
        data = msgspec.json.encode({"delivery": delivery.event_id, "outcome": "posted"})
        accepted = await world.webhooks.accept(find_incoming("receipt"), data, None)
        job = await router._take("webhooks.receipts")
        assert job is not None
        await router.handlers["webhooks.receipts"](job)
        found = await inbox.find(accepted.id)
        assert found is not None
        assert (found.status, (await outbox.page())[0].receipt) == ("done", "posted")


@pytest.mark.parametrize("kind", ["ritual.start", "directive.run"])
async def test_a_store_that_does_not_take_a_directive_is_no_refusal_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    handler = find_incoming(kind).handler
    async with opened(tmp_path, supervised=False) as world:
        await world.webhooks.accept(find_incoming(kind), msgspec.json.encode(EVENTS[kind]), None)
        job = await world.webhooks.router._take(handler)
        assert job is not None
        monkeypatch.setattr(world.collective.directives, "submit", full)
        with pytest.raises(StoreError, match="full"):
            await world.webhooks.router.handlers[handler](job)
