"""GET /ucf/history: what it gives, how long it is kept, and how a wrong question is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.store.errors import StoreError
from state.journal.ucf_history import MOST_POINTS, UCFHistory
from state.models import METRICS
from tests.web.helpers import Answer, Site

_PATH = "/ucf/history"


async def series(site: Site, query: str = "") -> dict[str, Any]:
    answer = await site.get(_PATH + query)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def break_reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets every reading of the history fail from then on."""

    async def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk reported an error.")

    return lambda: monkeypatch.setattr(UCFHistory, "series", fail)


def problem(answer: Answer, status: int = 400) -> dict[str, Any]:
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


async def test_by_default_it_is_all_six_over_the_last_day(site: Site) -> None:
    site.clock.advance(2 * 86_400)
    found = await series(site)
    assert found["since"] == "2026-01-02T12:00:00Z"
    assert found["until"] == "2026-01-03T12:00:00Z"
    assert list(found["series"]) == list(METRICS)
    for metric in found["series"].values():
        assert metric["exact"] is True
        (point,) = metric["points"]
        assert point["at"] == found["since"]
        assert point["mean"] == point["low"] == point["high"]


async def test_a_change_is_in_the_next_answer(site: Site) -> None:
    site.clock.advance(3600)
    await series(site, "?metric=harmony")
    await site.change(harmony=0.9)
    found = await series(site, "?metric=harmony")
    assert found["series"]["harmony"]["points"][-1] == {
        "at": "2026-01-01T13:00:00Z",
        "mean": 0.9,
        "low": 0.9,
        "high": 0.9,
    }


async def test_many_changes_come_as_means_with_their_extremes(site: Site) -> None:
    for step in range(30):
        site.clock.advance(60)
        await site.change(harmony=0.5 + step / 100)
    found = (await series(site, "?metric=harmony&since=30m&points=5"))["series"]["harmony"]
    assert found["exact"] is False
    assert len(found["points"]) == 5
    first = found["points"][0]
    assert first["low"] <= first["mean"] <= first["high"]
    assert first["low"] < first["high"]


@pytest.mark.parametrize(
    "query",
    [
        "?since=2026-01-01T12:30:00Z&until=2026-01-01T13:30:00Z",
        "?since=2026-01-01T13:30:00%2B01:00&until=2026-01-01T14:30:00%2B01:00",
        # What becomes of a plus that is not escaped.
        "?since=2026-01-01T13:30:00+01:00&until=2026-01-01T14:30:00+01:00",
        "?since=90m&until=30m",
        "?since=1h30m&until=30%20min",
    ],
)
async def test_a_span_has_several_formats(site: Site, query: str) -> None:
    site.clock.advance(2 * 3600)
    found = await series(site, query)
    assert (found["since"], found["until"]) == ("2026-01-01T12:30:00Z", "2026-01-01T13:30:00Z")


async def test_a_later_end_means_now(site: Site) -> None:
    site.clock.advance(3600)
    assert (await series(site, "?since=1h&until=2030-01-01T00:00:00Z"))["until"] == "2026-01-01T13:00:00Z"


async def test_several_metrics_come_in_their_usual_order_and_once(site: Site) -> None:
    found = await series(site, "?metric=Klesha,harmony,%20klesha")
    assert list(found["series"]) == ["harmony", "klesha"]


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("?metric=harmny", "metric", "Did you mean harmony?"),
        ("?metric=", "metric", "takes harmony, resilience"),
        ("?since=yesterday", "since", "2026-01-01T12:00:00Z"),
        ("?since=2026-01-01T12:00:00", "since", "24h or 7d"),
        ("?since=0001-01-01T00:00:00%2B14:00", "since", "not before 2000"),
        ("?until=9999-12-31T23:59:59-14:00", "until", "24h or 7d"),
        ("?since=11y", "since", "24h or 7d"),
        ("?since=600w", "since", "3650 days"),
        ("?until=24h", "since", "must be before until"),
        ("?since=2030-01-01T00:00:00Z", "since", "before now"),
        ("?points=1", "points", "from 2 to 1000"),
        ("?points=1001", "points", "from 2 to 1000"),
        ("?points=1e2", "points", "an integer"),
        ("?points=-5", "points", "from 2 to 1000"),
        ("?points=%C2%B2", "points", "an integer"),
        ("?points=" + "9" * 1500, "points", "an integer"),
    ],
)
async def test_a_wrong_parameter_is_named_with_valid_values(
    site: Site, query: str, parameter: str, said: str
) -> None:
    found = problem(await site.get(_PATH + query))
    assert found["type"] == "urn:helix:problem:bad-parameter"
    assert found["parameters"] == [parameter]
    assert said in found["detail"]


async def test_equal_spans_share_an_answer(site: Site) -> None:
    site.clock.advance(7200)
    first = await site.get(f"{_PATH}?since=24h&metric=harmony,prana")
    for query in (
        "?metric=prana,harmony",
        "?since=1d&metric=prana,harmony",
        "?until=now&metric=PRANA,harmony",
    ):
        site.clock.advance(1)
        other = await site.get(_PATH + query)
        assert (other.headers["x-cache"], other.body) == ("hit", first.body)
        assert other.headers["etag"] == first.headers["etag"]


async def test_the_answer_is_recomputed_after_a_minute(site: Site) -> None:
    first = await series(site)
    site.clock.advance(61)
    assert (await series(site))["until"] != first["until"]


async def test_only_so_many_answers_are_kept(site: Site) -> None:
    for points in range(2, 80):
        await series(site, f"?points={points}")
    (found,) = [one for one in site.kernel.caches.stats() if one.name == f"http:{_PATH}"]
    assert found.size == found.max_entries == 64


async def test_a_store_error_serves_the_stale_answer(site: Site, break_reads: Callable[[], None]) -> None:
    first = await site.get(_PATH)
    break_reads()
    site.clock.advance(120)
    stale = await site.get(_PATH)
    assert (stale.status, stale.headers["x-cache"], stale.headers["age"]) == (200, "stale", "120")
    assert stale.body == first.body


async def test_an_invalidated_answer_is_not_served_even_if_the_store_fails(
    site: Site, break_reads: Callable[[], None]
) -> None:
    await series(site)
    await site.change(harmony=0.9)
    break_reads()
    answer = await site.get(_PATH)
    found = problem(answer, 503)
    assert found["type"] == "urn:helix:problem:not-read"
    assert "The disk reported an error." in found["detail"]
    assert answer.headers["retry-after"] == "5"


async def test_the_maximum_number_of_points_is_accepted(site: Site) -> None:
    assert MOST_POINTS >= 1000
    site.clock.advance(timedelta(days=3650).total_seconds())
    assert (await site.get(f"{_PATH}?since=3650d&points=1000")).status == 200
