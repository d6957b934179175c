"""How commands go, as Prometheus and `/health` see it."""

from __future__ import annotations

from typing import get_args

import pytest

from bot import catalog
from bot.gateway.command_metrics import CommandMetrics, Outcome
from core.metrics import Counter, Histogram, Registry
from tests.manual_clock import ManualClock


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def commands(registry: Registry, clock: ManualClock) -> CommandMetrics:
    return CommandMetrics(registry, clock)


def test_calls_are_counted_by_outcome_and_timed_by_command(
    registry: Registry, commands: CommandMetrics
) -> None:
    commands.record("status", "ok", 0.01)
    commands.record("status", "ok", 0.03)
    commands.record("status", "refused", 0.001)
    total, seconds = registry.get("helix_commands_total"), registry.get("helix_command_duration_seconds")
    assert isinstance(total, Counter)
    assert isinstance(seconds, Histogram)
    assert total.value("status", "ok") == 2
    assert total.value("status", "refused") == 1
    assert seconds.summary("status").count == 3


def test_every_command_may_come_to_every_outcome_and_is_counted_as_what_it_is(
    registry: Registry, commands: CommandMetrics
) -> None:
    for entry in catalog.ENTRIES:
        for outcome in get_args(Outcome):
            commands.record(entry.name, outcome, 0.01)
    total = registry.get("helix_commands_total")
    assert isinstance(total, Counter)
    assert len(total.items()) == len(catalog.ENTRIES) * len(get_args(Outcome))
    assert all("other" not in labels for labels, _ in total.items())


def test_a_made_up_name_is_no_label(registry: Registry, commands: CommandMetrics) -> None:
    commands.record_unknown()
    total, seconds = registry.get("helix_commands_total"), registry.get("helix_command_duration_seconds")
    assert isinstance(total, Counter)
    assert isinstance(seconds, Histogram)
    assert total.items() == ((("unknown", "unknown"), 1),)
    assert seconds.merged().count == 0


def test_nothing_called_is_well(commands: CommandMetrics) -> None:
    assert commands.probe().status == "pass"


def test_refusals_and_bad_input_are_no_failures(commands: CommandMetrics) -> None:
    for _ in range(10):
        commands.record("reload", "refused", 0.01)
        commands.record("agent", "bad input", 0.01)
    assert commands.probe().status == "pass"


@pytest.mark.parametrize(
    ("good", "bad", "status"), [(100, 2, "pass"), (30, 3, "warn"), (2, 3, "fail"), (0, 2, "pass")]
)
def test_the_share_of_failures_decides(commands: CommandMetrics, good: int, bad: int, status: str) -> None:
    for _ in range(good):
        commands.record("status", "ok", 0.01)
    for _ in range(bad):
        commands.record("status", "failed", 0.01)
    assert commands.probe().status == status


def test_commands_slower_than_promised_are_a_warning(commands: CommandMetrics) -> None:
    for _ in range(20):
        commands.record("status", "ok", 2.5)
    reading = commands.probe()
    assert reading.status == "warn"
    assert reading.counters["p95_s"] == 2.5


def test_how_many_may_fail_and_how_slow_they_may_be_are_settings(
    registry: Registry, clock: ManualClock
) -> None:
    commands = CommandMetrics(registry, clock, warn_percent=60, fail_percent=90, slow_s=3.0)
    for _ in range(10):
        commands.record("status", "ok", 2.5)
        commands.record("status", "failed", 2.5)
    reading = commands.probe()
    assert reading.status == "pass"
    assert [(one.of, one.warn, one.fail) for one in reading.thresholds] == [
        ("error_rate", 0.6, 0.9),
        ("p95_s", 3.0, None),
    ]
    for _ in range(20):
        commands.record("status", "failed", 2.5)
    assert commands.probe().reason == "more than 60 % of the recent commands failed"


def test_one_slow_command_among_a_few_is_bad_luck(commands: CommandMetrics) -> None:
    for seconds in (0.1, 0.1, 5.0, 0.1):
        commands.record("trend", "ok", seconds)
    assert commands.probe().status == "pass"


def test_what_is_long_ago_does_not_count(commands: CommandMetrics, clock: ManualClock) -> None:
    for _ in range(5):
        commands.record("status", "failed", 0.01)
    clock.advance(901)
    assert commands.probe().status == "pass"


def test_load_is_the_time_spent_in_commands_in_the_last_minute(
    commands: CommandMetrics, clock: ManualClock
) -> None:
    commands.record("status", "ok", 15.0)
    assert commands.probe().load == 0.25
    commands.record("status", "ok", 90.0)
    assert commands.probe().load == 1.0
    clock.advance(61)
    assert commands.probe().load == 0.0
