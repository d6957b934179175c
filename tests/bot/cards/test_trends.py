"""What goes into a chart of the field, and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.cards import trends
from core.runtime.worker import Worker
from core.settings import Settings
from state.change import Change
from state.collective import Collective
from state.models import METRICS
from tests.bot.support import opened_collective
from tests.manual_clock import ManualClock

DAY = timedelta(hours=24)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def collective(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    async with opened_collective(Settings(data_dir=tmp_path), clock) as (_, collective):
        yield collective


async def tune(collective: Collective, source: str = "tune", **values: float) -> None:
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source=source)
    )


async def test_a_young_history_is_drawn_without_a_forecast(collective: Collective) -> None:
    request = await trends.fetch_chart(collective, ("harmony",), DAY)
    (panel,) = request.panels
    assert request.title == "harmony, last 24 hours"
    assert (panel.forecast, panel.note) == ((), "too little history for a forecast")
    assert trends.alt_text(request) == "Chart: harmony, last 24 hours. harmony 0.50 now, steady."


async def test_what_happened_is_marked_where_it_mattered(collective: Collective, clock: ManualClock) -> None:
    clock.advance(3600)
    await tune(collective, harmony=0.6)
    clock.advance(3600)
    await tune(collective, "ritual", klesha=0.05)
    clock.advance(3600)
    await tune(collective, "file", harmony=0.1)
    clock.advance(3600)
    await tune(collective, "restore", harmony=0.9)
    request = await trends.fetch_chart(collective, ("harmony", "klesha"), DAY)
    harmony, klesha = request.panels
    assert [mark.kind for mark in harmony.marks] == ["tune", "file", "other", "alert"]
    assert [mark.kind for mark in klesha.marks] == ["ritual"]
    assert request.title == "The field, last 24 hours"
    assert trends.trend(harmony) == "rising by 0.40"
    assert trends.trend(klesha) == "falling by 0.05"
    assert trends.summary(klesha) == "klesha 0.05 now, falling by 0.05, between 0.05 and 0.10"


async def test_a_day_of_values_gives_a_forecast_of_four_hours(
    collective: Collective, clock: ManualClock
) -> None:
    for step in range(24):
        clock.advance(3600)
        await tune(collective, harmony=round(0.5 + 0.02 * step, 3))
    request = await trends.fetch_chart(collective, ("harmony", "zoom"), DAY)
    harmony, zoom = request.panels
    assert len(harmony.forecast) == 8
    assert harmony.forecast[-1].at == request.until == request.now + timedelta(hours=4)
    assert harmony.forecast[-1].value > harmony.dots[-1].value
    assert zoom.note == "it has not moved: the forecast is that it stays"
    assert "with a forecast for 4 hours" in trends.alt_text(request)
    assert "; expected 1.0" in trends.summary(harmony, bold="**")


async def test_a_value_that_was_not_there_yet_is_said_so(collective: Collective, clock: ManualClock) -> None:
    request = await trends.fetch_chart(collective, ("harmony",), DAY)
    panel = msgspec.structs.replace(request.panels[0], dots=())
    del clock
    assert trends.summary(panel) == "harmony: no values in this time"
    assert trends.trend(panel) == "steady"


async def test_the_alternative_text_keeps_to_discords_limit(collective: Collective) -> None:
    request = await trends.fetch_chart(collective, tuple(METRICS), DAY)
    long = msgspec.structs.replace(request, panels=request.panels * 10)
    assert len(trends.alt_text(request)) < 1_024
    assert len(trends.alt_text(long)) == 1_024


async def test_the_worker_draws_it(collective: Collective) -> None:
    worker = Worker()
    request = await trends.fetch_chart(collective, ("harmony",), DAY, title="A title of one's own")
    assert request.title == "A title of one's own"
    png = await trends.draw(worker.run, request)
    await worker.close()
    assert png.startswith(b"\x89PNG")
