"""How the dashboard words numbers, judges values and takes events: its own scripts in a real Chromium."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from state.models import METRICS, judge
from tests.browser_support import Tabs
from web.dashboard.assets import FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_ORIGIN = "http://dashboard.test"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(tabs: Tabs) -> AsyncIterator[Page]:
    """An empty page beside the scripts; nothing is asked of a server."""

    async def serve(route: Any) -> None:
        name = route.request.url.rpartition("/")[2]
        if name:
            await route.fulfill(path=FOLDER / "js" / name, content_type="text/javascript")
        else:
            await route.fulfill(body="<!doctype html><title>empty</title>", content_type="text/html")

    async with tabs.page(timezone_id="Europe/Berlin") as opened:
        await opened.route(f"{_ORIGIN}/**", serve)
        await opened.goto(f"{_ORIGIN}/")
        yield opened


async def _ask(page: Page, module: str, expression: str, argument: Any = None) -> Any:
    """What `expression`, of the module `m` and the argument `a`, is."""
    script = f"async (a) => {{ const m = await import('/{module}.js'); return {expression}; }}"
    return await page.evaluate(script, argument)


@pytest.mark.parametrize(
    ("word", "value", "text"),
    [
        ("brief", None, "–"),
        ("brief", 0, "0"),
        ("brief", 99_999, "99,999"),
        ("brief", 123_456, "123 k"),
        ("brief", 999_499, "999 k"),
        ("brief", 999_999, "1.0 M"),
        ("brief", 4_560_000_000, "4.6 G"),
        ("ms", None, "–"),
        ("ms", 0, "0 ms"),
        ("ms", 0.042, "42 µs"),
        ("ms", 4.26, "4.3 ms"),
        ("ms", 432.1, "432 ms"),
        ("ms", -2500, "−2.50 s"),
        ("ms", 1320, "1.32 s"),
        ("ms", 123_456, "123 s"),
        ("percent", None, "–"),
        ("percent", 0, "0 %"),
        ("percent", 1, "100 %"),
        ("percent", 0.99999, "99.9 %"),
        ("percent", 0.00001, "< 0.1 %"),
        ("percent", 0.5, "50 %"),
        ("bytes", 0, "0 B"),
        ("bytes", 112_000_000, "107 MiB"),
        ("bytes", 84_503_474_176, "78.7 GiB"),
    ],
)
async def test_a_number_is_worded(page: Page, word: str, value: float | None, text: str) -> None:
    assert await _ask(page, "format", f"m.{word}(a)", value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-3, "just now"),
        (42, "42 s ago"),
        (119, "1 min ago"),
        (7200, "2 h ago"),
        (1e6, "11 d ago"),
    ],
)
async def test_an_age_is_worded(page: Page, seconds: float, text: str) -> None:
    assert await _ask(page, "format", "m.ago(1e12 - a * 1000, 1e12)", seconds) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, None, None),
        (0.001, "s ahead of Discord", "1.0 ms ahead of Discord"),
        (84_503_474_176, "bytes", "78.7 GiB"),
        (1, "decisions", "1 decision"),
        (2, "decisions", "2 decisions"),
        (0.25, "hit rate", "25 % hit rate"),
        (1.5, "ms (p95)", "1.5 ms (p95)"),
        ("a word", None, "a word"),
    ],
)
async def test_what_a_check_observed_is_worded(
    page: Page, value: float | str | None, unit: str | None, text: str | None
) -> None:
    argument = {"observed_value": value, "observed_unit": unit}
    assert await _ask(page, "checks", "m.observed(a)", argument) == text


async def test_values_are_judged_as_the_server_judges_them(page: Page) -> None:
    asked, wanted = [], []
    for name, metric in METRICS.items():
        bounds = {
            "goodLow": metric.good_low,
            "goodHigh": metric.good_high,
            "criticalLow": metric.critical_low,
            "criticalHigh": metric.critical_high,
        }
        edges = {metric.low, metric.high, *(edge for edge in bounds.values() if edge is not None)}
        for edge in edges:
            for value in (edge, math.nextafter(edge, -1), math.nextafter(edge, 9)):
                if metric.low <= value <= metric.high:
                    asked.append([bounds, value])
                    wanted.append(judge(name, value))
    assert await _ask(page, "metrics", "a.map(([bounds, value]) => m.judge(bounds, value))", asked) == wanted
    assert set(wanted) == {"good", "fair", "critical"}


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [(0.4, 0.2, "↓ falling, 24 h"), (0.2, 0.4, "↑ rising, 24 h"), (0.4, 0.405, "→ steady, 24 h")],
)
async def test_a_trend_is_that_of_the_time_which_the_chart_shows(
    page: Page, before: float, now: float, words: str
) -> None:
    asked = {"low": 0, "high": 1, "before": before, "now": now}
    assert await _ask(page, "metrics", 'm.trendWords(a, a.before, a.now, "24 h")', asked) == words


@pytest.mark.parametrize("values", [[0.5], [0.0, 2.0], [0.0], [2.0], [0.7, 0.700001], [1.9, 2.0]])
async def test_a_value_axis_holds_all_values_and_stays_in_the_range(page: Page, values: list[float]) -> None:
    low, high = await _ask(page, "axes", "m.domain(a, 0, 2)", values)
    assert 0 <= low <= min(values)
    assert max(values) <= high <= 2
    ticks = await _ask(page, "axes", "m.valueTicks(...a)", [low, high])
    labels = [tick["label"] for tick in ticks]
    assert 2 <= len(labels) == len(set(labels)) <= 6
    for tick in ticks:
        assert abs(float(tick["label"]) - tick["at"]) < 1e-9


@pytest.mark.parametrize("span_s", [60, 3600, 86_400, 7 * 86_400, 30 * 86_400])
async def test_a_time_axis_has_a_few_round_moments(page: Page, span_s: int) -> None:
    until = 1_790_000_000_000 + 1234
    ticks = await _ask(page, "axes", "m.timeTicks(a[0], a[1], 4)", [until - span_s * 1000, until])
    assert 2 <= len(ticks) <= 5
    assert all(until - span_s * 1000 <= tick["at"] <= until for tick in ticks)
    labels = [tick["label"] for tick in ticks]
    assert len(labels) == len(set(labels))
    if span_s == 86_400:
        assert all(label.endswith(":00") for label in labels)


_MODEL = "((model) => { a.forEach(([name, data]) => model.apply(name, data)); return model; })(new m.Model())"


async def _deliveries(page: Page, *statuses: str) -> Any:
    """The deliveries after one of them came to each of `statuses` in turn."""
    events = [["deliveries", {"id": 7, "event": "ucf.changed", "status": status}] for status in statuses]
    return await _ask(page, "model", f"{_MODEL}.deliveries", events)


async def test_a_delivery_is_shown_once_and_a_dead_one_is_counted(page: Page) -> None:
    told = await _deliveries(page, "waiting", "dead", "dead")
    assert (told["dead"], [item["status"] for item in told["recent"]]) == (1, ["dead"])
    replayed = await _deliveries(page, "dead", "waiting", "delivered")
    assert (replayed["dead"], [item["status"] for item in replayed["recent"]]) == (0, ["delivered"])


async def test_no_more_than_twenty_deliveries_are_kept_newest_first(page: Page) -> None:
    events = [["deliveries", {"id": number, "status": "delivered"}] for number in range(25)]
    told = await _ask(page, "model", f"{_MODEL}.deliveries", events)
    assert [item["id"] for item in told["recent"]] == list(range(24, 4, -1))


async def test_an_event_that_only_tries_whether_it_arrives_changes_nothing(page: Page) -> None:
    alert = {"key": "a", "severity": "critical", "summary": "x", "status": "open", "test": True}
    assert await _ask(page, "model", f"{_MODEL}.alerts.size", [["alerts", alert]]) == 0


async def test_an_event_of_a_later_version_is_passed_over(page: Page) -> None:
    assert await _ask(page, "model", f"{_MODEL}.alerts.size", [["dreams", {"of": "sheep"}]]) == 0


async def test_an_older_ritual_does_not_take_the_place_of_a_newer_one(page: Page) -> None:
    newer, older = {"id": 2, "status": "running"}, {"id": 1, "status": "done"}
    assert await _ask(page, "model", f"{_MODEL}.ritual", [["rituals", newer], ["rituals", older]]) == newer
