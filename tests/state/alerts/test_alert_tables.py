"""The statements about alerts, mutes and forecasts give the same answers on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from core.store.moments import to_us
from core.store.tx import Tx
from state.alerts import alert_table, forecast_table
from state.alerts.alert_table import Alert
from state.alerts.forecast_table import Accuracy
from state.alerts.holt import Expected
from state.models import METRICS
from tests.twins import Twins

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def alert(key: str, value: float | None = None) -> Alert:
    return Alert(
        id=0, key=key, severity="warning", summary="ü", detail="", raised_at=NOW, metric=None, value=value
    )


async def test_alerts_are_raised_changed_and_cleared(twins: Twins) -> None:
    first = await twins.both(lambda tx: alert_table.insert(tx, alert("a", 0.1)))
    second = await twins.both(lambda tx: alert_table.insert(tx, alert("b")))
    assert await twins.both(alert_table.open_alerts) == (first, second)
    changed = msgspec.structs.replace(first, severity="critical", summary="s", detail="d")
    await twins.both(lambda tx: alert_table.update_texts(tx, changed))
    seen = msgspec.structs.replace(
        changed, acknowledged_at=NOW, acknowledged_by="Ada", acknowledged_by_id=2**62
    )
    await twins.both(lambda tx: alert_table.acknowledge(tx, seen))
    assert await twins.both(lambda tx: alert_table.find_open(tx, "a")) == seen
    await twins.both(lambda tx: alert_table.close(tx, 1, NOW))
    assert await twins.both(lambda tx: alert_table.find_open(tx, "a")) is None
    assert await twins.both(lambda tx: alert_table.find(tx, 1)) == msgspec.structs.replace(
        seen, cleared_at=NOW
    )
    assert [one.id for one in await twins.both(lambda tx: alert_table.newest(tx, after_id=0, limit=9))] == [
        2,
        1,
    ]
    later = NOW + timedelta(hours=1)
    assert len(await twins.both(lambda tx: alert_table.within(tx, NOW, later))) == 2
    assert await twins.both(lambda tx: alert_table.within(tx, later, later)) == ()
    await twins.refused(lambda tx: alert_table.insert(tx, alert("b")))


async def test_only_the_newest_cleared_alerts_are_kept(twins: Twins) -> None:
    def many(tx: Tx) -> int:
        for number in range(alert_table.CLOSED_KEPT + 3):
            made = alert_table.insert(tx, alert(f"k{number}"))
            if number:
                tx.execute("UPDATE alerts SET cleared_us = 1 WHERE id = ?", (made.id,))
        alert_table.close(tx, made.id, NOW)
        return len(alert_table.newest(tx, after_id=0, limit=5_000))

    assert await twins.both(many) == alert_table.CLOSED_KEPT + 1


async def test_mutes_are_read_as_they_were_set(twins: Twins) -> None:
    until = NOW + timedelta(hours=2)
    for place, metric in enumerate(("zoom", "harmony", "prana")):
        at = NOW + timedelta(minutes=place)
        await twins.both(lambda tx, at=at, m=metric: alert_table.write_mute(tx, m, until, now=at))  # type: ignore[misc]  # the defaults bind
    await twins.both(lambda tx: alert_table.write_mute(tx, "harmony", None, now=NOW))
    mutes = await twins.both(lambda tx: list(alert_table.read_mutes(tx, NOW).items()))
    # That of a clock ahead ends as long after now as it was to last.
    assert mutes == [("prana", until - timedelta(minutes=2)), ("zoom", until)]


async def test_forecasts_are_measured(twins: Twins) -> None:
    def prepare(tx: Tx) -> None:
        for version, hours in ((1, 0), (2, 1), (3, 1)):
            values = ", ".join(["0.5"] * len(METRICS))
            tx.execute(
                f"INSERT INTO ucf_history (version, at_us, source, {', '.join(METRICS)}) "  # noqa: S608 - our names
                f"VALUES (?, ?, 'x', {values})",
                (version, to_us(NOW + timedelta(hours=hours))),
            )
        tx.execute("UPDATE ucf_history SET harmony = 0.75 WHERE version = 3")

    await twins.both(prepare)
    assert await twins.both(forecast_table.newest_moment) is None
    soon, late = NOW + timedelta(hours=1), NOW + timedelta(hours=6)
    made = [
        ("harmony", soon, Expected(1.0, 0.75, 1.25)),
        ("harmony", NOW, Expected(0.25, 0.125, 0.375)),
        ("zoom", soon, Expected(0.5, 0.5, 0.5)),
        ("prana", late, Expected(0.5, 0.5, 0.5)),
    ]
    await twins.both(lambda tx: forecast_table.keep(tx, made, NOW))
    assert await twins.both(forecast_table.newest_moment) == NOW
    await twins.both(lambda tx: forecast_table.measure(tx, soon))
    found = await twins.both(lambda tx: dict(forecast_table.accuracy_since(tx, NOW - timedelta(days=7))))
    assert found == {
        "harmony": Accuracy(measured=2, mean_absolute_error=0.25, within_share=0.5),
        "zoom": Accuracy(measured=1, mean_absolute_error=0.0, within_share=1.0),
    }
    await twins.both(lambda tx: forecast_table.keep(tx, (), NOW + timedelta(days=60)))
    assert await twins.both(forecast_table.newest_moment) is None
