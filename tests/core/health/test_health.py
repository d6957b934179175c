import logging

import pytest

from core.health import LONGEST_REASON, Check, HealthRegistry, Reading
from core.health.threshold import Threshold, fails_when
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def health(clock: ManualClock) -> HealthRegistry:
    return HealthRegistry(clock)


def heard(health: HealthRegistry) -> list[tuple[str, str | None]]:
    changes: list[tuple[str, str | None]] = []

    def listen(check: Check, previous: Check | None) -> None:
        changes.append((check.status, previous.status if previous else None))

    health.on_change(listen)
    return changes


def fail() -> Reading:
    raise ZeroDivisionError


def test_a_report_is_kept_with_all_it_says(health: HealthRegistry, clock: ManualClock) -> None:
    health.report(
        "disk",
        "warn",
        "nearly full",
        action="Make room.",
        observed_value=91,
        observed_unit="%",
        load=0.91,
        counters={"free_bytes": 5},
    )
    assert health.get("disk") == Check(
        name="disk",
        status="warn",
        since=clock.now(),
        time=clock.now(),
        reason="nearly full",
        action="Make room.",
        observed_value=91,
        observed_unit="%",
        load=0.91,
        counters={"free_bytes": 5},
        required=False,
    )


def test_what_a_verdict_depends_on_reads_as_one_sentence(health: HealthRegistry) -> None:
    health.set_thresholds(
        "doors", Threshold("open", "above", 0, None, ("OPEN_WARN",)), fails_when("the door", "shut")
    )
    health.report("doors", "pass")
    check = health.get("doors")
    assert check is not None
    assert check.bounds == "Warns with more than 0 open (OPEN_WARN); fails when the door is shut."
    health.report("silent", "pass")
    assert (silent := health.get("silent")) is not None
    assert silent.bounds == ""


def test_a_probe_that_raises_still_says_what_its_verdict_depends_on(health: HealthRegistry) -> None:
    readings = iter((Reading(thresholds=(fails_when("the door", "shut"),)),))
    health.add_probe("doors", lambda: next(readings))
    health.refresh()
    health.refresh()
    check = health.get("doors")
    assert check is not None
    assert (check.status, check.bounds) == ("fail", "Fails when the door is shut.")


def test_since_moves_with_the_status_only(health: HealthRegistry, clock: ManualClock) -> None:
    began = clock.now()
    health.report("disk", "warn", "nearly full")
    clock.advance(5)
    health.report("disk", "warn", "fuller")
    check = health.get("disk")
    assert check is not None
    assert (check.since, check.time) == (began, clock.now())
    health.report("disk", "fail")
    check = health.get("disk")
    assert check is not None
    assert check.since == clock.now()


def test_listeners_hear_changes_of_status_and_reason_only(health: HealthRegistry) -> None:
    changes = heard(health)
    health.report("disk", "pass", counters={"n": 1})
    health.report("disk", "pass", counters={"n": 2})
    health.report("disk", "warn", "a")
    health.report("disk", "warn", "b")
    assert changes == [("pass", None), ("warn", "pass"), ("warn", "warn")]


def test_a_listener_may_stop_listening(health: HealthRegistry) -> None:
    changes: list[str] = []
    stop = health.on_change(lambda check, _previous: changes.append(check.name))
    health.report("one", "pass")
    stop()
    stop()
    health.report("two", "pass")
    assert changes == ["one"]


def test_a_listener_that_fails_is_logged_and_does_not_keep_the_next_from_hearing(
    health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_check: Check, _previous: Check | None) -> None:
        raise RuntimeError("no")

    health.on_change(broken)
    changes = heard(health)
    health.report("disk", "pass")
    assert changes == [("pass", None)]
    assert "health.listener_failed check=disk" in caplog.text


def test_probes_are_asked_at_each_refresh(health: HealthRegistry) -> None:
    values = iter((1, 2))
    health.add_probe("queue", lambda: Reading(observed_value=next(values)), required=True)
    assert health.get("queue") is None
    health.refresh()
    health.refresh()
    check = health.get("queue")
    assert check is not None
    assert (check.observed_value, check.required) == (2, True)


def test_a_probe_that_raises_fails_by_the_name_of_its_error_and_spoils_no_other(
    health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    health.add_probe("broken", fail)
    health.add_probe("fine", Reading)
    health.refresh()
    check = health.get("broken")
    assert check is not None
    assert (check.status, check.reason) == ("fail", "its probe raised ZeroDivisionError")
    assert health.get("fine") is not None
    assert caplog.text.count("health.probe_failed") == 1


def test_a_probe_that_keeps_raising_is_logged_once(
    health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    health.add_probe("broken", fail)
    health.refresh()
    health.refresh()
    assert caplog.text.count("health.probe_failed") == 1


def test_the_whole_fails_only_with_a_required_check(health: HealthRegistry) -> None:
    assert health.overall() == "pass"
    health.report("a", "pass", required=True)
    assert health.overall() == "pass"
    health.report("b", "warn")
    assert health.overall() == "warn"
    health.report("c", "fail")
    assert health.overall() == "warn"
    health.report("d", "fail", required=True)
    assert health.overall() == "fail"


def test_checks_are_sorted_by_name(health: HealthRegistry) -> None:
    for name in "bca":
        health.report(name, "pass")
    assert [check.name for check in health.checks()] == ["a", "b", "c"]


def test_a_removed_check_passes_one_last_time_and_is_gone(health: HealthRegistry) -> None:
    health.add_probe("x", lambda: Reading(status="fail", reason="no"))
    health.refresh()
    changes = heard(health)
    health.remove("x")
    health.remove("x")
    health.refresh()
    assert changes == [("pass", "fail")]
    assert health.checks() == ()


def test_a_removed_check_that_passed_is_gone_silently(health: HealthRegistry) -> None:
    health.report("x", "pass")
    changes = heard(health)
    health.remove("x")
    assert changes == []
    assert health.get("x") is None


def test_a_first_pass_is_not_worth_a_line_in_the_log(
    health: HealthRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        health.report("x", "pass")
        assert caplog.text == ""
        health.report("x", "fail", "broken")
        health.report("x", "pass")
    assert "health.changed check=x status=fail reason='broken'" in caplog.text
    assert "health.changed check=x status=pass" in caplog.text


def test_an_expected_check_warns_until_it_reports() -> None:
    health = HealthRegistry(ManualClock())
    health.expect("gateway")
    assert health.overall() == "warn"
    assert [(check.name, check.status, check.required) for check in health.checks()] == [
        ("gateway", "warn", True)
    ]
    assert health.get("gateway") is None
    health.report("gateway", "pass", required=True)
    assert health.overall() == "pass"
    assert [check.status for check in health.checks()] == ["pass"]


def test_an_expected_check_that_is_removed_is_expected_no_more() -> None:
    health = HealthRegistry(ManualClock())
    health.expect("http")
    health.remove("http")
    assert health.checks() == ()


def test_a_reason_without_end_is_cut_and_stays_the_same_reason(health: HealthRegistry) -> None:
    changes = heard(health)
    health.report("file", "fail", "x" * 30_000)
    check = health.get("file")
    assert check is not None
    assert len(check.reason) == LONGEST_REASON
    assert check.reason.endswith("x…")
    health.report("file", "fail", "x" * 30_000)
    assert changes == [("fail", None)]


def test_where_a_check_passes_there_is_nothing_to_do(health: HealthRegistry) -> None:
    health.report("doors", "pass", "one is ajar", action="Shut it.")
    assert (check := health.get("doors")) is not None
    assert (check.reason, check.action) == ("one is ajar", "")
