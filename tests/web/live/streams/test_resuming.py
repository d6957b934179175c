"""Whoever comes back gets what was missed, or a snapshot where that cannot be."""

from __future__ import annotations

import pytest

from state.collective import Collective
from state.views.live_records import Pulse
from tests.web.helpers import Site
from tests.web.live.listening import over_sse, over_ws
from tests.web.live.streams.stream_events import Open, Wire, raise_alert
from web.live import opening, streams
from web.live.opening import build_snapshot
from web.live.sse_client import SseClient
from web.records.live import LiveSnapshot


async def test_a_client_that_resumes_gets_missed_events_once(site: Site, listen: Open) -> None:
    async with listen(site, "?topics=state") as listener:
        seen = await listener.next()
    await site.change(harmony=0.8)
    await raise_alert(site)
    await site.change(harmony=0.7)
    async with listen(site, f"?topics=state&last_event_id={seen.id}") as listener:
        await site.change(harmony=0.6)
        told = [await listener.next() for _ in range(3)]
    assert [one.event for one in told] == ["state"] * 3
    assert [one.data["ucf"]["harmony"] for one in told] == [0.8, 0.7, 0.6]


async def test_a_client_that_missed_nothing_gets_no_snapshot(site: Site, listen: Open) -> None:
    async with listen(site, f"?last_event_id={site.kernel.broadcaster.last_id}") as listener:
        await site.change(harmony=0.9)
        assert (await listener.next()).event == "state"


async def test_last_event_id_in_the_header_takes_precedence(site: Site) -> None:
    old = site.kernel.broadcaster.last_id
    await site.change(harmony=0.8)
    seen = site.kernel.broadcaster.last_id
    await site.change(harmony=0.7)
    async with over_sse(site, f"/events?last_event_id={old}", f"Last-Event-ID: {seen}") as listener:
        assert (await listener.next()).data["ucf"]["harmony"] == 0.7


@pytest.mark.parametrize("header", ["0", "1", "99999999999999999999", "not-a-number", "-5", "١"])
async def test_an_unknown_id_is_answered_by_a_snapshot(site: Site, header: str) -> None:
    async with over_sse(site, "/events", f"Last-Event-ID: {header}") as listener:
        assert (await listener.next()).event == "snapshot"


@pytest.mark.parametrize("given", ["", "x", "-1", "1.5", "9" * 21])
async def test_a_parameter_that_is_no_id_is_refused(site: Site, given: str) -> None:
    answer = await site.get(f"/events?last_event_id={given}")
    assert (answer.status, answer.json()["parameters"]) == (400, ["last_event_id"])


async def test_a_gap_that_is_too_old_is_answered_by_a_snapshot(site: Site, listen: Open) -> None:
    seen = site.kernel.broadcaster.last_id
    for number in range(streams.KEPT_MESSAGES + 1):
        site.kernel.health.report("gateway", "fail", f"for the {number}. time")
    async with listen(site, f"?last_event_id={seen}") as listener:
        first = await listener.next()
        await site.change(harmony=0.9)
        assert (first.event, (await listener.next()).event) == ("snapshot", "state")


async def test_a_large_gap_is_answered_by_a_snapshot(
    site: Site, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LARGEST_REPLAY_BYTES", 100)
    seen = site.kernel.broadcaster.last_id
    await site.change(harmony=0.9)
    async with listen(site, f"?last_event_id={seen}") as listener:
        assert (await listener.next()).event == "snapshot"


async def test_clients_that_connect_together_share_a_snapshot_until_a_change(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def build(collective: Collective, pulse: Pulse) -> LiveSnapshot:
        made.append(pulse)
        return build_snapshot(collective, pulse)

    monkeypatch.setattr(opening, "build_snapshot", build)
    async with over_sse(site) as one, over_ws(site) as two:
        await one.next()
        await two.next()
        assert len(made) == 1
        await site.change(harmony=0.9)
        async with over_sse(site) as three:
            assert (await three.next()).data["status"]["ucf"]["harmony"] == 0.9
        assert len(made) == 2
        site.clock.advance(1)
        async with over_sse(site) as four:
            await four.next()
        assert len(made) == 3


async def test_events_between_admission_and_beginning_are_not_lost(site: Site) -> None:
    client = SseClient(site.streams, "127.0.0.1", None, site.kernel.broadcaster.last_id)
    site.streams.prepare(client)
    await site.change(harmony=0.9)
    wire = Wire()
    client.begin(wire, b"HTTP/1.1 200 OK\r\n\r\n", b"")
    assert wire.written.count(b"event: state") == 1
    client.connection_lost(None)
    assert site.streams.clients == 0
