"""All breakers of a process: found by name, shown, counted with bounded labels, and let go of."""

from __future__ import annotations

import pytest

from core.breakers import Breakers, UnknownBreaker
from core.breakers.policies import BreakerPolicy
from core.metrics import Registry
from tests.manual_clock import ManualClock

FRAGILE = BreakerPolicy(min_calls=1, open_s=5.0)


@pytest.fixture
def metrics() -> Registry:
    return Registry()


@pytest.fixture
def breakers(metrics: Registry) -> Breakers:
    clock = ManualClock()
    return Breakers(clock, metrics, sleep=clock.sleep)


def states(metrics: Registry) -> dict[tuple[str, ...], float]:
    return {
        sample.labels: sample.value
        for family in metrics.collect()
        if family.name == "helix_breaker_state"
        for sample in family.samples
    }


def fail(breakers: Breakers, name: str, label: str = "rest-hooks") -> None:
    permit = breakers.get(name, label, FRAGILE).try_acquire()
    assert permit is not None
    permit.failed()


def test_one_name_is_one_breaker_found_in_any_case(breakers: Breakers) -> None:
    made = breakers.get("Zapier", "zapier")
    assert breakers.get("Zapier", "zapier") is made
    assert breakers.find(" zAPIER ") is made


def test_an_unknown_name_is_answered_by_the_nearest(breakers: Breakers) -> None:
    breakers.get("zapier", "zapier")
    with pytest.raises(UnknownBreaker, match="zapier"):
        breakers.find("zapper")


def test_those_that_are_not_closed_come_first(breakers: Breakers) -> None:
    breakers.get("a", "a")
    fail(breakers, "b")
    assert [(view.name, view.state) for view in breakers.views()] == [("b", "open"), ("a", "closed")]


def test_the_check_warns_and_names_at_most_three(breakers: Breakers) -> None:
    assert breakers.probe().status == "pass"
    for name in "abcd":
        fail(breakers, name)
    reading = breakers.probe()
    assert (reading.status, reading.reason) == ("warn", "open: a, b, c and more")
    assert reading.counters == {"breakers": 4, "open": 4}


def test_as_many_as_the_setting_allows_are_named_and_no_warning() -> None:
    clock = ManualClock()
    breakers = Breakers(clock, Registry(), sleep=clock.sleep, warn_above=1)
    fail(breakers, "a")
    reading = breakers.probe()
    assert (reading.status, reading.reason, reading.action) == ("pass", "open: a", "")
    fail(breakers, "b")
    assert breakers.probe().status == "warn"
    (bound,) = reading.thresholds
    assert (bound.of, bound.warn, bound.settings) == ("open", 1, ("BREAKERS_OPEN_WARN",))


def test_listeners_hear_of_each_change_of_state(breakers: Breakers) -> None:
    heard: list[tuple[str, str]] = []
    breakers.on_change(lambda breaker: heard.append((breaker.name, breaker.state)))
    fail(breakers, "a")
    breakers.find("a").reset()
    assert heard == [("a", "open"), ("a", "closed")]


def test_hooks_share_one_label_which_shows_the_worst(breakers: Breakers, metrics: Registry) -> None:
    breakers.get("hook_1", "rest-hooks")
    fail(breakers, "hook_2")
    assert states(metrics) == {("rest-hooks",): 2.0}


def test_what_is_gone_is_forgotten(breakers: Breakers, metrics: Registry) -> None:
    fail(breakers, "hook_1")
    breakers.forget("hook_1")
    breakers.forget("hook_1")
    assert breakers.views() == ()
    assert states(metrics) == {}


async def test_closing_lets_go_of_every_timer(breakers: Breakers) -> None:
    fail(breakers, "a")
    await breakers.close()
