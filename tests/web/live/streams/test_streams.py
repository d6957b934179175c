"""Events reach who listens, over both transports in the same bytes, until one leaves or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from core.webhooks.deliverer import Settled
from core.webhooks.sending import Outcome
from state.change import SYSTEM
from state.events import AlertsMuted
from tests.web.helpers import MakeSite, Site, histogram
from tests.web.live.listening import Listener, SseListener, Told, gone, over_sse, over_ws
from tests.web.live.streams.stream_events import Open, raise_alert
from web.live import opening
from web.records.live import EVENTS, TOPICS

Cause = Callable[[Site], Awaitable[object]]


async def until(listener: Listener, wanted: Callable[[Told], bool]) -> Told:
    """The next event that is wanted; others are passed over."""
    while True:
        told = await listener.next()
        if wanted(told):
            return told


async def test_a_stream_begins_with_a_snapshot_that_equals_the_routes(site: Site, listen: Open) -> None:
    async with listen(site) as listener:
        first = await listener.next()
    assert (first.event, first.id) == ("snapshot", site.kernel.broadcaster.last_id)
    data = first.data
    msgspec.convert(data, EVENTS["snapshot"])
    assert data["status"] == (await site.get("/status")).json()
    assert data["ucf"] == (await site.get("/ucf")).json()["ucf"]
    assert [agent["name"] for agent in data["agents"]] == [
        agent["name"] for agent in (await site.get("/agents")).json()["agents"]
    ]
    assert set(data["checks"]) == set((await site.get("/health")).json()["checks"])
    assert (data["alerts"], data["ritual"]) == ([], None)
    assert data["deliveries"] == {"inbox_waiting": 0, "outbox_waiting": 0, "dead": 0, "recent": []}


async def acknowledge(site: Site) -> None:
    await raise_alert(site)
    (alert,) = site.collective.alerts.open()
    await site.collective.alerts.ack(alert.id, SYSTEM)


async def clear_alert(site: Site) -> None:
    await raise_alert(site)
    await site.collective.alerts.clear("disk")


async def perform_ritual(site: Site) -> None:
    run = await site.collective.rituals.start(2, actor=SYSTEM)
    await run.wait()


async def cancel_ritual(site: Site) -> None:
    await site.collective.rituals.start(1000, actor=SYSTEM)
    await site.collective.rituals.cancel("a person's reason", SYSTEM)


async def deliver(site: Site) -> None:
    site.kernel.broadcaster.publish(
        "deliveries",
        Settled(
            delivery=7,
            event_id="msg_1",
            type="ucf.changed",
            destination="zapier",
            status="waiting",
            attempts=2,
            outcome=Outcome(verdict="failed", status=500, error=None, took_s=0.1),
            disabled=None,
            lag_s=0.1,
        ),
    )


async def trip_breaker(site: Site) -> None:
    site.collective.webhooks.breakers.get("zapier", "zapier").trip()


async def lose_gateway(site: Site) -> None:
    site.kernel.health.report("gateway", "fail", "not connected", required=True)


@pytest.mark.parametrize(
    ("topic", "cause", "expected"),
    [
        ("state", lambda site: site.change(harmony=0.9), {"changed": ["harmony"], "source": "system"}),
        ("agents", lose_gateway, {"name": "SanghaCore", "status": "down", "layer": "Integration"}),
        ("health", lose_gateway,
         {"name": "gateway", "status": "fail", "reason": "not connected", "required": True}),
        ("alerts", raise_alert,
         {"key": "disk", "severity": "critical", "summary": "The disk is full.", "status": "open"}),
        ("alerts", acknowledge, {"key": "disk", "status": "acknowledged"}),
        ("alerts", clear_alert, {"key": "disk", "status": "cleared"}),
        ("rituals", perform_ritual, {"status": "running", "step": 0, "steps": 2, "ended_at": None}),
        ("rituals", perform_ritual, {"kind": "z88", "status": "done", "step": 2, "steps": 2}),
        ("rituals", cancel_ritual,
         {"status": "cancelled", "steps": 1000, "ended_at": "2026-01-01T12:00:00Z"}),
        ("deliveries", deliver,
         {"id": 7, "event": "ucf.changed", "destination": "zapier", "status": "waiting", "attempts": 2,
          "at": "2026-01-01T12:00:00Z"}),
        ("directives", lambda site: site.collective.directives.halt(SYSTEM, "a person's reason"),
         {"id": None, "action": None, "status": None, "queued": 0, "halted": True}),
        ("breakers", trip_breaker, {"name": "zapier", "state": "open"}),
    ],
)  # fmt: skip
async def test_each_kind_of_event_reaches_the_clients(
    make_site: MakeSite, listen: Open, topic: str, cause: Cause, expected: dict[str, Any]
) -> None:
    site = await make_site(ritual_step_s=0.0)
    site.connect_gateway()
    async with listen(site) as listener:
        await listener.next()
        await cause(site)
        told = await until(listener, lambda one: one.event == topic and expected.items() <= one.data.items())
    # It is what its record says, and has nothing that its record does not have.
    record = TOPICS[topic]
    assert msgspec.to_builtins(msgspec.convert(told.data, record)) == told.data
    assert "a person's reason" not in told.raw.decode()
    assert told.id is not None


async def test_events_that_are_not_for_clients_are_not_sent(site: Site, listen: Open) -> None:
    async with listen(site) as listener:
        await listener.next()
        for topic in ("commands", "backups", "reports", "status", "made-up"):
            site.kernel.broadcaster.publish(topic, {"type": f"{topic}.x", "secret": "s3cr3t"})
        site.kernel.broadcaster.publish("alerts", AlertsMuted(metric="harmony", until=None))
        site.kernel.broadcaster.publish("deliveries", {"not": "what it should be"})
        await site.change(harmony=0.9)
        assert (await listener.next()).event == "state"


async def test_only_the_chosen_topics_come(site: Site, listen: Open) -> None:
    async with listen(site, "?topics=health,state") as listener:
        assert (await listener.next()).event == "snapshot"
        await raise_alert(site)
        await site.change(harmony=0.9)
        await lose_gateway(site)
        assert [(await listener.next()).event for _ in range(2)] == ["state", "health"]


@pytest.mark.parametrize(
    "query", ["?topics=weather", "?topics=", "?topics=state,snapshot", "?topics=state,,health"]
)
async def test_an_unknown_topic_is_refused_with_the_known_ones(site: Site, query: str) -> None:
    answer = await site.get(f"/events{query}")
    assert answer.status == 400
    assert answer.json()["parameters"] == ["topics"]
    assert answer.json()["choices"] == list(TOPICS)


async def test_both_transports_carry_the_same_bytes(site: Site) -> None:
    async with over_sse(site) as sse, over_ws(site) as ws:
        first, other = await sse.next(), await ws.next()
        await site.change(harmony=0.9)
        told, again = await sse.next(), await ws.next()
    assert (first.data, first.id) == (other.data, other.id)
    data = told.raw.split(b"data: ")[1].removesuffix(b"\n\n")
    assert again.raw.endswith(b'"data":%s}' % data)
    assert msgspec.json.decode(again.raw)["at"] == "2026-01-01T12:00:00Z"


async def test_all_listeners_of_a_transport_share_the_bytes(site: Site) -> None:
    async with over_sse(site) as one, over_sse(site) as two:
        await one.next()
        await two.next()
        await site.change(harmony=0.9)
        assert (await one.next()).raw == (await two.next()).raw
    taken = histogram(site.kernel.metrics, "helix_broadcast_seconds").summary()
    assert taken.count == 1


async def test_a_stream_has_the_right_headers(site: Site) -> None:
    async with over_sse(site) as listener:
        assert listener.status == 200
        headers = listener.headers
        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["connection"] == "close"
        assert "date" in headers
        assert "content-length" not in headers
        first = await listener.block()
    assert first.startswith(b"retry: ")
    assert 1000 <= int(first.removeprefix(b"retry: ")) < 3000


async def test_head_gives_the_head_and_no_stream(site: Site) -> None:
    answer = await site.get("/events", method="HEAD")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
    assert site.streams.clients == 0


async def test_the_metrics_count_the_clients(site: Site) -> None:
    gauge = site.kernel.metrics.gauge(
        "helix_stream_clients", "Connected clients of /events and /ws.", ("transport",)
    )
    async with over_sse(site) as one, over_ws(site) as two, over_ws(site) as three:
        for listener in (one, two, three):
            await listener.next()
        assert (gauge.value("sse"), gauge.value("ws")) == (1.0, 2.0)
        assert site.kernel.broadcaster.audience == 3
    await gone(site)
    assert (gauge.value("sse"), gauge.value("ws")) == (0.0, 0.0)


async def test_a_stop_is_announced_and_new_clients_are_refused(site: Site) -> None:
    async with over_sse(site) as sse, over_ws(site) as ws:
        await sse.next()
        await ws.next()
        site.kernel.drain.close()
        assert await sse.rest() == b": the server is stopping\n\n"
        assert await ws.end() == aiohttp.WSCloseCode.GOING_AWAY
        assert (await site.get("/events")).status == 503
    await gone(site)


async def test_a_stop_does_not_wait_for_silent_clients(site: Site) -> None:
    async with over_sse(site) as sse, over_ws(site) as ws:
        await sse.next()
        await ws.next()
        # Neither reads any more, and the second never answers the goodbye.
        async with asyncio.timeout(3):
            await site.server.stop()
        assert (site.streams.clients, len(site.streams.unsent)) == (0, 0)


async def test_a_failing_snapshot_is_an_incident_and_counts_no_client(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no snapshot")

    monkeypatch.setattr(opening, "build_snapshot", fail)
    assert (await site.get("/events")).status == 500
    assert site.streams.clients == 0


async def test_a_client_that_disconnects_is_removed(site: Site, listen: Open) -> None:
    async with listen(site) as listener:
        await listener.next()
        assert site.streams.clients == 1
    await gone(site)
    await site.change(harmony=0.9)
    assert isinstance(listener, SseListener) or listener.connection.closed
