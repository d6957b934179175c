"""Alerts over a real store: raised and cleared with the change that did it, acknowledged, muted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from core.errors import HelixError
from core.store import Store
from core.store.tx import Tx
from state.alerts import Alert, Alerts, WrongAlert
from state.alerts import alert_table as table
from state.change import Actor, Change
from state.events import AlertCleared, AlertRaised, OutEvent
from state.journal import Journal
from state.manager import StateManager
from state.models import Snapshot
from tests.manual_clock import ManualClock

ADA = Actor("command", "Ada", 5)


@pytest.fixture
async def alerts(manager: StateManager, database: Store, clock: ManualClock) -> Alerts:
    alerts = Alerts(manager, database, clock)
    await alerts.load()
    return alerts


@pytest.fixture
def heard(manager: StateManager, alerts: Alerts) -> list[OutEvent]:
    del alerts
    events: list[OutEvent] = []
    manager.subscribe(lambda _old, _new, change: events.extend(change.events))
    return events


async def tune(manager: StateManager, **values: float) -> None:
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune"))


async def again(manager: StateManager, database: Store, clock: ManualClock) -> Alerts:
    """Alerts as after a restart on the same store."""
    started = StateManager(database, clock)
    await started.load()
    alerts = Alerts(started, database, clock)
    await alerts.load()
    del manager
    return alerts


async def test_a_critical_value_raises_one_alert_with_the_change(
    alerts: Alerts, manager: StateManager, heard: list[OutEvent], clock: ManualClock
) -> None:
    await tune(manager, harmony=0.2)
    (alert,) = alerts.open()
    assert (alert.key, alert.severity, alert.metric, alert.value) == (
        "ucf.harmony.low", "critical", "harmony", 0.2,
    )  # fmt: skip
    assert alert.raised_at == clock.now()
    assert alert.summary == "harmony is critically low"
    assert alert.detail == "0.2; critical below 0.30, clears at 0.40"
    assert [type(event) for event in heard] == [AlertRaised]


async def test_a_value_that_oscillates_around_the_bound_raises_one_alert(
    alerts: Alerts, manager: StateManager, heard: list[OutEvent]
) -> None:
    for value in (0.29, 0.31, 0.29, 0.35, 0.2, 0.39, 0.29):
        await tune(manager, harmony=value)
    assert len(alerts.open()) == 1
    assert len(heard) == 1


async def test_an_alert_clears_when_the_value_recovers_and_can_be_raised_again(
    alerts: Alerts, manager: StateManager, heard: list[OutEvent]
) -> None:
    for value in (0.2, 0.4, 0.2):
        await tune(manager, harmony=value)
    assert [type(event) for event in heard] == [AlertRaised, AlertCleared, AlertRaised]
    assert [alert.id for alert in alerts.open()] == [2]
    first = await alerts.get(1)
    assert first is not None
    assert first.cleared_at is not None


async def test_both_sides_of_zoom_are_watched_at_once(alerts: Alerts, manager: StateManager) -> None:
    await tune(manager, zoom=1.9)
    await tune(manager, zoom=0.1, klesha=0.9)
    assert {alert.key for alert in alerts.open()} == {"ucf.zoom.low", "ucf.klesha.high"}


async def test_a_start_raises_alerts_for_values_that_are_already_critical(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await tune(manager, prana=0.1)
    alerts = Alerts(manager, database, clock)
    await alerts.load()
    assert [alert.key for alert in alerts.open()] == ["ucf.prana.low"]


async def test_a_change_that_fails_raises_nothing(alerts: Alerts, manager: StateManager) -> None:
    def break_off(_connection: Tx, _old: Snapshot, _new: Snapshot) -> None:
        raise HelixError("no")

    with pytest.raises(HelixError):
        await manager.change_with(
            lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.1)), also=break_off
        )
    assert alerts.open() == ()
    assert await alerts.newest() == ()


async def test_concurrent_changes_raise_one_alert(alerts: Alerts, manager: StateManager) -> None:
    await asyncio.gather(*(tune(manager, harmony=0.2 - step / 1000) for step in range(50)))
    assert len(await alerts.newest()) == 1


async def test_raising_and_clearing_are_in_the_journal(
    alerts: Alerts, manager: StateManager, database: Store
) -> None:
    await tune(manager, harmony=0.2)
    await tune(manager, harmony=0.9)
    entries = await Journal(database).entries(kinds=("alert",))
    assert [(entry.subject, entry.cause, entry.after is None) for entry in entries] == [
        ("ucf.harmony.low", "system", True),
        ("ucf.harmony.low", "system", False),
    ]
    assert alerts.open() == ()


async def test_an_acknowledgement_is_journalled_and_survives_a_restart(
    alerts: Alerts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await tune(manager, harmony=0.2)
    alert = await alerts.ack(1, ADA)
    assert alert == alerts.open()[0]
    assert (alert.acknowledged_by, alert.acknowledged_by_id) == ("Ada", 5)
    entry = (await Journal(database).entries(limit=1))[0]
    assert (entry.subject, entry.actor, entry.after) == ("ucf.harmony.low", "Ada", "acknowledged")
    assert (await again(manager, database, clock)).open() == (alert,)


@pytest.mark.parametrize(
    ("prepare", "number", "said"),
    [
        ((), 7, "There is no alert 7."),
        ((0.2, 0.9), 1, "is cleared"),
    ],
)
async def test_only_open_alerts_can_be_acknowledged(
    alerts: Alerts, manager: StateManager, prepare: tuple[float, ...], number: int, said: str
) -> None:
    for value in prepare:
        await tune(manager, harmony=value)
    with pytest.raises(WrongAlert, match=said):
        await alerts.ack(number, ADA)


async def test_an_acknowledgement_that_is_refused_is_not_journalled(alerts: Alerts, database: Store) -> None:
    with pytest.raises(WrongAlert):
        await alerts.ack(7, ADA)
    assert await Journal(database).count() == 0


async def test_of_two_concurrent_acknowledgements_one_is_refused(
    alerts: Alerts, manager: StateManager
) -> None:
    await tune(manager, harmony=0.2)
    results = await asyncio.gather(
        alerts.ack(1, ADA), alerts.ack(1, Actor("button", "Bo", 6)), return_exceptions=True
    )
    assert [isinstance(result, WrongAlert) for result in results] == [False, True]
    assert alerts.open()[0].acknowledged_by == "Ada"


async def test_a_mute_is_journalled_survives_a_restart_and_ends_by_itself(
    alerts: Alerts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    until = await alerts.mute("harmony", timedelta(hours=2), ADA)
    assert until == clock.now() + timedelta(hours=2)
    started = await again(manager, database, clock)
    assert started.mutes() == {"harmony": until}
    assert (await Journal(database).entries(subject="harmony"))[0].actor == "Ada"
    clock.advance(7200)
    assert alerts.muted_until("harmony") is None
    assert started.mutes() == {}


async def test_a_mute_keeps_its_length_after_the_clock_was_ahead(
    alerts: Alerts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await alerts.mute("klesha", timedelta(hours=2), ADA)
    clock.set(7200)
    await alerts.mute("harmony", timedelta(hours=2), ADA)
    clock.set(-7200)
    await alerts.load_mutes()
    two_hours = clock.now() + timedelta(hours=2)
    assert alerts.mutes() == {"harmony": two_hours, "klesha": two_hours}
    clock.advance(3600)
    assert (await again(manager, database, clock)).mutes() == {"harmony": two_hours, "klesha": two_hours}


async def test_a_muted_metric_still_raises_its_alerts(alerts: Alerts, manager: StateManager) -> None:
    await alerts.mute("harmony", timedelta(hours=2), ADA)
    await tune(manager, harmony=0.2)
    assert len(alerts.open()) == 1


async def test_a_mute_can_be_ended(alerts: Alerts) -> None:
    await alerts.mute("harmony", timedelta(hours=2), ADA)
    await alerts.mute("harmony", timedelta(hours=4), ADA)
    assert await alerts.unmute("harmony", ADA)
    assert not await alerts.unmute("harmony", ADA)
    assert alerts.muted_until("harmony") is None
    assert alerts.muted_until(None) is None


@pytest.mark.parametrize("span", [timedelta(seconds=59), timedelta(days=31)])
async def test_mutes_that_are_too_short_or_too_long_are_refused(alerts: Alerts, span: timedelta) -> None:
    with pytest.raises(WrongAlert, match="1m to 30d"):
        await alerts.mute("harmony", span, ADA)


async def test_an_outside_alert_is_raised_once_and_shows_its_last_text(
    alerts: Alerts, heard: list[OutEvent]
) -> None:
    first = await alerts.raise_("deploy:web", "warning", " slow\n start ", "took 40 s")
    second = await alerts.raise_("deploy:web", "critical", "no start", "gave up")
    third = await alerts.raise_("deploy:web", "critical", "no start", "gave up")
    assert (first.summary, first.id, second.id) == ("slow start", 1, 1)
    assert alerts.open() == (second,) == (third,)
    assert [event.__class__.__name__ for event in heard] == ["AlertRaised", "AlertUpdated"]
    assert await alerts.clear("deploy:web")
    assert not await alerts.clear("deploy:web")
    assert alerts.open() == ()


async def test_an_update_keeps_the_acknowledgement(alerts: Alerts) -> None:
    await alerts.raise_("deploy", "warning", "slow")
    await alerts.ack(1, ADA)
    await alerts.raise_("deploy", "warning", "slower")
    assert alerts.open()[0].acknowledged_by == "Ada"


@pytest.mark.parametrize("key", ["", "ucf.harmony.low", "a b", "-x", "x" * 101, "ünï"])
async def test_an_invalid_key_is_refused(alerts: Alerts, key: str) -> None:
    with pytest.raises(WrongAlert, match="key"):
        await alerts.raise_(key, "warning", "text")


async def test_a_measured_alert_cannot_be_cleared_by_hand(alerts: Alerts) -> None:
    with pytest.raises(WrongAlert, match="measured"):
        await alerts.clear("ucf.harmony.low")


async def test_open_alerts_are_bounded(alerts: Alerts, manager: StateManager) -> None:
    for number in range(200):
        await alerts.raise_(f"k{number}", "warning", "x")
    with pytest.raises(WrongAlert, match="200 alerts are open"):
        await alerts.raise_("one-more", "warning", "x")
    await tune(manager, harmony=0.1)
    assert len(alerts.open()) == 201


async def test_old_cleared_alerts_are_deleted(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "CLOSED_KEPT", 3)
    for _ in range(6):
        await alerts.raise_("k", "warning", "x")
        await alerts.clear("k")
    assert [alert.id for alert in await alerts.newest()] == [6, 5, 4]


async def test_open_alerts_stay_when_old_cleared_ones_are_deleted(
    alerts: Alerts,
    manager: StateManager,
    database: Store,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "CLOSED_KEPT", 3)
    await alerts.raise_("old", "warning", "still so")
    for _ in range(6):
        await alerts.raise_("k", "warning", "x")
        await alerts.clear("k")
    assert [alert.key for alert in (await again(manager, database, clock)).open()] == ["old"]


async def test_alerts_of_a_span_are_found(alerts: Alerts, clock: ManualClock) -> None:
    await alerts.raise_("early", "warning", "x")
    clock.advance(3600)
    await alerts.raise_("late", "warning", "x")
    found = await alerts.within(clock.now() - timedelta(minutes=5), clock.now())
    assert [alert.key for alert in found] == ["late"]
    assert [alert.key for alert in await alerts.newest(after_id=1)] == ["late"]


async def test_a_listener_is_called_after_each_change_until_it_unsubscribes(
    alerts: Alerts, manager: StateManager
) -> None:
    seen: list[tuple[Alert, ...]] = []
    stop = alerts.on_change(lambda: seen.append(alerts.open()))
    await tune(manager, harmony=0.2)
    await tune(manager, prana=0.6)
    stop()
    stop()
    await tune(manager, harmony=0.9)
    assert [len(found) for found in seen] == [1]


async def test_the_check_warns_until_the_alert_is_acknowledged(alerts: Alerts, manager: StateManager) -> None:
    assert alerts.probe().status == "pass"
    await tune(manager, harmony=0.2)
    assert (alerts.probe().status, alerts.probe().reason) == ("warn", "harmony is critically low")
    await tune(manager, prana=0.1, drishti=0.1, klesha=0.9)
    assert alerts.probe().reason == "harmony is critically low; prana is critically low; and more"
    for number in (1, 2, 3, 4):
        await alerts.ack(number, ADA)
    assert (alerts.probe().status, alerts.probe().counters["acknowledged"]) == ("pass", 4)


async def test_alerts_within_the_setting_are_named_without_a_warning(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    alerts = Alerts(manager, database, clock, warn_above=1)
    await alerts.load()
    await tune(manager, harmony=0.2)
    reading = alerts.probe()
    assert (reading.status, reading.reason, reading.action) == ("pass", "harmony is critically low", "")
    (bound,) = reading.thresholds
    assert (bound.of, bound.warn, bound.settings) == ("unacknowledged", 1, ("ALERTS_UNSEEN_WARN",))
    await tune(manager, prana=0.1)
    assert alerts.probe().status == "warn"
