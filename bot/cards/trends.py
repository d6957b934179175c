"""Charts of the field: their data, summary, alt text and picture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from bot.pictures.chart_request import ChartRequest, Dot, Mark, MarkKind, Panel
from core.text.durations import say_duration, say_last
from state.alerts.holt import TooLittleData, forecast
from state.models import METRICS

if TYPE_CHECKING:
    from state.alerts import Alert
    from state.collective import Collective
    from state.journal.ucf_history import Series, Step

Draw = Callable[[str, bytes], Awaitable[bytes]]

_POINTS: Final = 160
# The forecast uses 48 samples of the window and looks 8 samples ahead: a sixth of the window.
_SAMPLES: Final = 48
_STEPS: Final = 8
_SOURCES: Final[dict[str, MarkKind]] = {"ritual": "ritual", "tune": "tune", "file": "file"}
# A change below this share of the range counts as steady.
_STEADY_SHARE: Final = 0.01
# Discord API, "Attachment Object": the limit of the description.
_ALT_LIMIT: Final = 1_024


async def fetch_past(
    collective: Collective, metrics: Sequence[str], since: datetime, until: datetime, *, title: str
) -> ChartRequest:
    """The chart of several metrics over a past time, without a forecast."""
    series = await collective.ucf_history.series(metrics, since, until, points=_POINTS)
    steps = await collective.ucf_history.steps(since, until)
    alerts = await collective.alerts.within(since, until)
    return ChartRequest(
        title=title,
        since=since,
        now=until,
        until=until,
        panels=tuple(_drawn(series[name], _marks(name, steps, alerts)) for name in metrics),
    )


async def fetch_chart(
    collective: Collective, metrics: Sequence[str], window: timedelta, *, title: str | None = None
) -> ChartRequest:
    """The chart of the last `window`, with a forecast for a sixth of it."""
    now = collective.kernel.clock.now()
    since = now - window
    series = await collective.ucf_history.series(metrics, since, now, points=_POINTS)
    moments = [now - window * (back / _SAMPLES) for back in range(_SAMPLES - 1, -1, -1)]
    samples = await collective.ucf_history.samples(metrics, moments)
    steps = await collective.ucf_history.steps(since, now)
    alerts = await collective.alerts.within(since, now)
    subject = metrics[0] if len(metrics) == 1 else "The field"

    def panels() -> tuple[Panel, ...]:
        return tuple(
            _panel(series[name], samples[name], window / _SAMPLES, _marks(name, steps, alerts))
            for name in metrics
        )

    return ChartRequest(
        title=title or f"{subject}, {say_last(window)}",
        since=since,
        now=now,
        until=now + window * (_STEPS / _SAMPLES),
        # Six forecasts would block the event loop for about 50 ms.
        panels=await asyncio.to_thread(panels),
    )


async def draw(run: Draw, request: ChartRequest) -> bytes:
    """Draw the PNG with the kernel's `draw`, or with the worker's `run`, which always draws.

    Raises:
        WorkerBusy: the worker's queue is full.
    """
    return await run("bot.pictures.chart:draw", msgspec.json.encode(request))


def summary(panel: Panel, *, bold: str = "") -> str:
    """A panel in one line: current value, extremes, trend, forecast; `bold` is put around the name."""
    name = f"{bold}{panel.name}{bold}"
    if not panel.dots:
        return f"{name}: no values in this time"
    last = panel.dots[-1].value
    low, high = min(dot.low for dot in panel.dots), max(dot.high for dot in panel.dots)
    span = "" if f"{low:.2f}" == f"{high:.2f}" else f", between {low:.2f} and {high:.2f}"
    text = f"{name} {last:.2f} now, {trend(panel)}{span}"
    if not panel.forecast:
        return text
    ahead = panel.forecast[-1]
    return f"{text}; expected {ahead.value:.2f} ({ahead.low:.2f} to {ahead.high:.2f})"


def trend(panel: Panel) -> str:
    """The change from first to last: "rising by 0.12", "falling by 0.05", "steady"."""
    moved = panel.dots[-1].value - panel.dots[0].value if panel.dots else 0.0
    if abs(moved) < _STEADY_SHARE * (panel.high - panel.low):
        return "steady"
    return f"{'rising' if moved > 0 else 'falling'} by {abs(moved):.2f}"


def alt_text(request: ChartRequest) -> str:
    """The alt text of the chart."""
    ahead = ""
    if any(panel.forecast for panel in request.panels):
        ahead = f", with a forecast for {say_duration(request.until - request.now)}"
    text = " ".join((f"Chart: {request.title}{ahead}.", *(f"{summary(panel)}." for panel in request.panels)))
    return text if len(text) <= _ALT_LIMIT else f"{text[: _ALT_LIMIT - 1]}…"


def _panel(
    series: Series, samples: Sequence[float | None], step: timedelta, marks: tuple[Mark, ...]
) -> Panel:
    metric = METRICS[series.metric]
    known = [value for value in samples if value is not None]
    ahead: tuple[Dot, ...] = ()
    note = ""
    try:
        found = forecast(known, _STEPS, low=metric.low, high=metric.high)
    except TooLittleData:
        note = "too little history for a forecast"
    else:
        ahead = tuple(
            Dot(series.until + step * number, one.value, one.low, one.high)
            for number, one in enumerate(found.steps, 1)
        )
        if not found.sigma:
            note = "it has not moved: the forecast is that it stays"
    return msgspec.structs.replace(_drawn(series, marks), forecast=ahead, note=note)


def _drawn(series: Series, marks: tuple[Mark, ...]) -> Panel:
    metric = METRICS[series.metric]
    return Panel(
        name=metric.name,
        meaning=metric.meaning,
        low=metric.low,
        high=metric.high,
        good_low=metric.good_low,
        good_high=metric.good_high,
        critical_low=metric.critical_low,
        critical_high=metric.critical_high,
        dots=tuple(Dot(point.at, point.value, point.low, point.high) for point in series.points),
        exact=series.exact,
        marks=marks,
    )


def _marks(metric: str, steps: Sequence[Step], alerts: Sequence[Alert]) -> tuple[Mark, ...]:
    changes = (Mark(at=step.at, kind=_kind(step)) for step in steps if metric in step.metrics)
    raised = (Mark(at=alert.raised_at, kind="alert") for alert in alerts if alert.metric == metric)
    return (*changes, *raised)


def _kind(step: Step) -> MarkKind:
    return _SOURCES.get(step.source, "other")
