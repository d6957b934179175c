"""One honest sentence, and where the numbers go."""

from __future__ import annotations

import msgspec
import pytest

from core.health import HealthRegistry
from state.models import DEFAULT_UCF, UCF
from state.status.assessment import assess, build_trends
from tests.manual_clock import ManualClock

GOOD = UCF(harmony=0.8, resilience=1.2, prana=0.6, drishti=0.6, klesha=0.1, zoom=1.0)


@pytest.fixture
def health(clock: ManualClock) -> HealthRegistry:
    registry = HealthRegistry(clock)
    registry.report("store", "pass", required=True)
    return registry


def ucf(**values: float) -> UCF:
    return msgspec.structs.replace(GOOD, **values)


def test_all_good_is_said_as_such(health: HealthRegistry) -> None:
    assert assess(GOOD, health) == "In harmony: all six values are good, and every check passes."


def test_what_is_short_of_good_is_named(health: HealthRegistry) -> None:
    assert assess(DEFAULT_UCF, health) == "Steady: nothing is critical, harmony 0.50 could be better."
    assert (
        assess(ucf(harmony=0.5, prana=0.4, zoom=1.5), health)
        == "Steady: nothing is critical, harmony 0.50, prana 0.40 and zoom 1.50 could be better."
    )


def test_what_is_critical_is_named_with_its_value(health: HealthRegistry) -> None:
    assert assess(ucf(klesha=0.82), health) == "Strained: klesha 0.82 is critical."
    health.report("gateway", "fail")
    assert (
        assess(ucf(klesha=0.82, prana=0.1), health)
        == "Strained: prana 0.10 and klesha 0.82 are critical, and the gateway check is failing."
    )


def test_a_warning_or_an_optional_failure_needs_attention(health: HealthRegistry) -> None:
    health.report("disk", "warn")
    assert assess(GOOD, health) == "Impaired: the disk check needs attention."
    health.report("cogs", "fail")
    health.report("http", "fail")
    assert assess(GOOD, health) == "Impaired: the cogs and http checks need attention."


def test_a_required_check_that_fails_comes_first(health: HealthRegistry) -> None:
    health.report("store", "fail", required=True)
    assert assess(GOOD, health) == "Broken: the store check is failing."
    health.report("gateway", "fail", required=True)
    assert (
        assess(ucf(klesha=0.82), health)
        == "Broken: the gateway and store checks are failing, and klesha 0.82 is critical."
    )


def test_trends_are_against_an_hour_ago() -> None:
    trends = build_trends(ucf(harmony=0.9, klesha=0.05, zoom=1.001), GOOD)
    assert (trends["harmony"], trends["klesha"], trends["zoom"]) == ("up", "down", "steady")


def test_with_no_past_everything_is_steady() -> None:
    assert set(build_trends(GOOD, None).values()) == {"steady"}
