"""What of the broadcaster's events is told to others, and what of them is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from core.broadcast import Event
from core.runtime.kernel import Kernel
from core.store import Store
from state.change import SYSTEM, Actor
from state.collective import Collective
from state.events import AlertsMuted
from state.events.by_hand import build_event
from state.opening import open_collective
from state.views.live import breakers_now, checks_now, open_alerts, ritual_now, translate
from tests.manual_clock import DEFAULT_START

ANA = Actor("command", "Ana", 7)


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    opened = await open_collective(kernel, database)
    yield opened
    await opened.close()


def told(collective: Collective, topic: str, data: object, *, test: bool = False) -> Any:
    record = translate(collective, Event(7, topic, data, DEFAULT_START, test))
    return None if record is None else msgspec.to_builtins(record)


@pytest.mark.parametrize(
    ("type_name", "topic", "expected"),
    [
        ("alert.raised", "alerts", {"key": "test key", "status": "open", "summary": "test summary"}),
        ("alert.cleared", "alerts", {"key": "test key", "status": "cleared"}),
        ("ritual.completed", "rituals", {"id": 0, "status": "done", "kind": "test kind"}),
        ("directive.finished", "directives", {"id": 0, "action": "test action", "halted": False}),
        ("delivery.exhausted", "deliveries", {"id": 0, "status": "dead", "event": "test event type"}),
    ],
)
async def test_what_is_sent_to_try_says_so(
    collective: Collective, type_name: str, topic: str, expected: dict[str, object]
) -> None:
    event = build_event(type_name, {}, DEFAULT_START)
    data = told(collective, topic, event, test=True)
    assert data["test"] is True
    assert expected.items() <= data.items()
    assert "test" not in told(collective, topic, event)


@pytest.mark.parametrize(
    "type_name",
    [
        "ucf.changed", "agent.changed", "command.failed", "backup.completed", "report.ready",
        "status.changed", "system.started", "system.stopping",
    ],
)  # fmt: skip
async def test_other_events_stay_inside(collective: Collective, type_name: str) -> None:
    topic = type_name.partition(".")[0]
    assert told(collective, topic, build_event(type_name, {}, DEFAULT_START), test=True) is None


async def test_a_mute_is_told_to_nobody(collective: Collective) -> None:
    assert told(collective, "alerts", AlertsMuted(metric="harmony", until=None)) is None


async def test_no_person_and_no_reason_is_in_what_is_told(collective: Collective, kernel: Kernel) -> None:
    heard: list[bytes] = []

    def hear(event: Event) -> None:
        record = translate(collective, event)
        if record is not None:
            heard.append(msgspec.json.encode(record, enc_hook=dict))

    kernel.broadcaster.listen(hear, lambda: 1)
    alert = await collective.alerts.raise_("disk", "critical", "The disk is full.", actor=ANA)
    await collective.alerts.ack(alert.id, ANA)
    await collective.directives.halt(ANA, "for a walk")
    run = await collective.rituals.start(1000, actor=ANA)
    await collective.rituals.cancel("for a rest", ANA, ritual=run.id)
    said = b"\n".join(heard)
    assert len(heard) >= 5
    for secret in (b"Ana", b"for a walk", b"for a rest"):
        assert secret not in said


async def test_the_standing_things_are_those_of_now(collective: Collective, kernel: Kernel) -> None:
    assert (open_alerts(collective), ritual_now(collective)) == ((), None)
    assert {one.state for one in breakers_now(collective)} == {"closed"}
    first = await collective.alerts.raise_("one", "warning", "One.")
    await collective.alerts.raise_("two", "critical", "Two.")
    await collective.alerts.ack(first.id, SYSTEM)
    assert [(alert.key, alert.status) for alert in open_alerts(collective)] == [
        ("two", "open"),
        ("one", "acknowledged"),
    ]
    run = await collective.rituals.start(1000, actor=SYSTEM)
    running = ritual_now(collective)
    assert running is not None
    assert (running.status, running.ended_at) == ("running", None)
    await collective.rituals.cancel(None, SYSTEM, ritual=run.id)
    last = ritual_now(collective)
    assert last is not None
    assert (last.status, last.ended_at) == ("cancelled", DEFAULT_START)
    collective.webhooks.breakers.get("zapier", "zapier").trip()
    # What is not closed stands first.
    assert (breakers_now(collective)[0].name, breakers_now(collective)[0].state) == ("zapier", "open")
    kernel.health.report("disk", "warn", "nearly full", action="Make room.")
    standing = checks_now(collective)["disk"]
    assert (standing.status, standing.reason, standing.action) == ("warn", "nearly full", "Make room.")


async def test_at_most_fifty_alerts_are_shown_and_the_newest_first(collective: Collective) -> None:
    for number in range(55):
        await collective.alerts.raise_(f"key{number}", "warning", f"Number {number}.")
    shown = [alert.key for alert in open_alerts(collective)]
    assert (len(shown), shown[0], shown[-1]) == (50, "key54", "key5")
