"""The collective's own forecasts: made, kept across restarts, and held against what came."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import pytest

from core.store import Store
from state.alerts import forecasts as module
from state.alerts.forecast_table import Accuracy
from state.alerts.forecasts import Forecasts
from state.alerts.holt import Forecast, forecast
from state.change import Change
from state.journal.ucf_history import UCFHistory
from state.manager import StateManager
from tests.manual_clock import ManualClock

HOUR = 3600.0


@pytest.fixture
async def forecasts(manager: StateManager, database: Store, clock: ManualClock) -> Forecasts:
    del manager
    made = Forecasts(UCFHistory(database), database, clock)
    await made.load()
    return made


async def tune(manager: StateManager, **values: float) -> None:
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune"))


async def climb(manager: StateManager, clock: ManualClock, hours: int) -> None:
    for _ in range(hours):
        clock.advance(HOUR)
        await tune(manager, harmony=round(manager.snapshot.ucf.harmony + 0.01, 4))


async def rows(database: Store) -> list[tuple[object, ...]]:
    query = "SELECT metric, value, actual FROM forecasts ORDER BY id"
    return await database.read(lambda connection: connection.execute(query).fetchall())


async def test_too_little_history_is_reported(forecasts: Forecasts, database: Store) -> None:
    await forecasts.run_once()
    assert forecasts.newest == {}
    assert await rows(database) == []
    assert (forecasts.probe().status, forecasts.probe().reason) == (
        "pass", "the history is too short to forecast",
    )  # fmt: skip


async def test_a_forecast_is_made_though_the_last_one_was_made_in_the_future(
    forecasts: Forecasts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await climb(manager, clock, 20)
    clock.set(7200)
    await forecasts.run_once()
    clock.set(-7200)
    await forecasts.run_once()
    assert len(await rows(database)) == 24


async def test_a_forecast_is_made_once_an_hour_and_measured_when_due(
    forecasts: Forecasts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await climb(manager, clock, 20)
    await forecasts.run_once()
    await forecasts.run_once()
    assert len(await rows(database)) == 12
    assert forecasts.newest["harmony"].steps[0].value == pytest.approx(0.71, abs=0.005)
    assert forecasts.probe().reason == "no forecast has come due yet"
    await climb(manager, clock, 1)
    await forecasts.run_once()
    found = forecasts.accuracy["harmony"]
    assert found.measured == 1
    assert found.mean_absolute_error < 0.005
    assert forecasts.accuracy["zoom"] == Accuracy(measured=1, mean_absolute_error=0.0, within_share=1.0)
    reading = forecasts.probe()
    assert (reading.status, reading.reason, reading.counters["measured"]) == ("pass", "", 6)


async def test_a_restart_keeps_forecasts_and_makes_none_twice(
    forecasts: Forecasts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await climb(manager, clock, 20)
    await forecasts.run_once()
    clock.advance(HOUR)
    await forecasts.run_once()
    kept = len(await rows(database))
    started = Forecasts(UCFHistory(database), database, clock)
    await started.load()
    assert started.accuracy == forecasts.accuracy
    await started.run_once()
    assert started.newest.keys() == forecasts.newest.keys()
    assert len(await rows(database)) == kept


async def test_inaccurate_forecasts_warn(
    forecasts: Forecasts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    clock.advance(20 * HOUR)
    await forecasts.run_once()
    await tune(manager, klesha=0.9)
    clock.advance(6 * HOUR)
    await forecasts.run_once()
    reading = forecasts.probe()
    assert reading.status == "warn"
    assert reading.reason == "forecasts of klesha miss by more than 10 % of the range"
    (bound,) = reading.thresholds
    assert (bound.warn, bound.settings) == (10, ("FORECAST_ERROR_WARN_PERCENT",))
    lenient = Forecasts(UCFHistory(database), database, clock, poor_percent=90)
    await lenient.load()
    assert lenient.probe().status == "pass"


async def test_old_forecasts_are_deleted(
    forecasts: Forecasts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await climb(manager, clock, 20)
    await forecasts.run_once()
    clock.advance(40 * 24 * HOUR)
    await forecasts.run_once()
    await forecasts.load()
    assert len(await rows(database)) == 12
    assert forecasts.accuracy == {}


async def test_forecasts_are_made_in_a_thread(
    forecasts: Forecasts, manager: StateManager, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def noting(observed: Sequence[float], steps: int, *, low: float, high: float) -> Forecast:
        threads.append(threading.get_ident())
        return forecast(observed, steps, low=low, high=high)

    monkeypatch.setattr(module, "forecast", noting)
    await climb(manager, clock, 20)
    await forecasts.run_once()
    assert len(threads) == 6
    assert threading.get_ident() not in threads
