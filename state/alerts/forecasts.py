"""The collective's forecasts: made every hour, stored, and compared with what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from core.clock import Clock
from core.health import Reading
from core.health.threshold import Threshold
from core.store import Store
from state.alerts import forecast_table as table
from state.alerts.forecast_table import Accuracy
from state.alerts.holt import Forecast, TooLittleData, forecast
from state.journal.ucf_history import UCFHistory
from state.kinds import FORECASTS
from state.models import METRICS

# How often to check for forecasts that came due, and whether to make new ones.
EVERY_S: Final = 600.0
_STEP: Final = timedelta(hours=1)
_OBSERVATIONS: Final = 48
_STEPS: Final = 6
# The steps of each forecast that are stored and later compared with the actual values.
_KEPT_STEPS: Final = (1, 6)
_MEASURED_OVER: Final = timedelta(days=7)


class Forecasts:
    """Makes, stores and measures forecasts.

    Attributes:
        newest: the last forecast of each metric, in hourly steps; without those of too little history.
        accuracy: how exact those of the last 7 days were, by metric.

    Args:
        poor_percent: the check warns above this mean error, in percent of a metric's range.
    """

    def __init__(
        self, history: UCFHistory, database: Store, clock: Clock, *, poor_percent: float = 10
    ) -> None:
        self._poor_percent = poor_percent
        self._history = history
        self._database = database
        self._clock = clock
        self._made_at: datetime | None = None
        self.newest: Mapping[str, Forecast] = MappingProxyType({})
        self.accuracy: Mapping[str, Accuracy] = MappingProxyType({})

    async def load(self) -> None:
        """Reads when the last one was made, and the accuracy of the last 7 days."""
        since = self._clock.now() - _MEASURED_OVER
        self._made_at = await self._database.read(table.newest_moment)
        self.accuracy = await self._database.read(lambda tx: table.accuracy_since(tx, since))

    async def reload(self) -> None:
        """Takes over what another process made; the same history gives the same forecasts."""
        await self.load()
        now = self._clock.now()
        if not self._is_due(now):
            await self._make(now)

    async def run_once(self) -> None:
        """Measures forecasts that came due, and makes new ones once an hour (supervised)."""
        now = self._clock.now()
        if not self.newest or self._is_due(now):
            await self._make(now)
        await self._database.write(lambda tx: table.measure(tx, now), kinds=FORECASTS)
        since = now - _MEASURED_OVER
        self.accuracy = await self._database.read(lambda tx: table.accuracy_since(tx, since))

    def probe(self) -> Reading:
        """The reading of the check "forecasts": the mean absolute error, in all and by metric."""
        poor_percent = self._poor_percent
        settings = ("FORECAST_ERROR_WARN_PERCENT",)
        thresholds = (Threshold("worst_error_percent", "above", poor_percent, None, settings),)
        if not self.accuracy:
            reason = "no forecast has come due yet" if self.newest else "the history is too short to forecast"
            return Reading(reason=reason, thresholds=thresholds)
        measured = sum(one.measured for one in self.accuracy.values())
        counters: dict[str, float | str] = {
            "measured": measured,
            "mean_absolute_error": round(
                sum(one.measured * one.mean_absolute_error for one in self.accuracy.values()) / measured, 4
            ),
            "within_band_share": round(
                sum(one.measured * one.within_share for one in self.accuracy.values()) / measured, 3
            ),
        }
        counters |= {
            f"error_{name}": round(one.mean_absolute_error, 4) for name, one in self.accuracy.items()
        }
        poor = [
            name
            for name, one in self.accuracy.items()
            if one.mean_absolute_error > poor_percent / 100 * (METRICS[name].high - METRICS[name].low)
        ]
        reading = Reading(
            counters=counters,
            observed_value=counters["mean_absolute_error"],
            observed_unit="mean absolute error",
            thresholds=thresholds,
        )
        if not poor:
            return reading
        return msgspec.structs.replace(
            reading,
            status="warn",
            reason=f"forecasts of {', '.join(poor)} miss by more than {poor_percent:g} % of the range",
            action="Rely on the predicted range, not on its middle. A steady field is forecast better.",
        )

    def _is_due(self, now: datetime) -> bool:
        """Whether the last one is an hour old, or lies in the future because of a wrong clock."""
        return self._made_at is None or not timedelta() <= now - self._made_at < _STEP

    async def _make(self, now: datetime) -> None:
        moments = [now - _STEP * back for back in range(_OBSERVATIONS - 1, -1, -1)]
        samples = await self._history.samples(tuple(METRICS), moments)
        # In a thread: all six would block the event loop for about 50 ms.
        made = await asyncio.to_thread(_make_all, samples)
        if made and self._is_due(now):
            expected = [
                (name, now + _STEP * step, found.steps[step - 1])
                for name, found in made.items()
                for step in _KEPT_STEPS
            ]
            await self._database.write(lambda tx: table.keep(tx, expected, now), kinds=FORECASTS)
            self._made_at = now
        self.newest = MappingProxyType(made)


def _make_all(samples: Mapping[str, Sequence[float | None]]) -> dict[str, Forecast]:
    made = {}
    for name, values in samples.items():
        known = [value for value in values if value is not None]
        try:
            made[name] = forecast(known, _STEPS, low=METRICS[name].low, high=METRICS[name].high)
        except TooLittleData:
            continue
    return made
