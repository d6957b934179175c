"""The fourteen: measured where they are ours, believed while they report where they are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.health import HealthRegistry, Status
from state.agents import LAYERS, ROSTER, AgentView, UnknownAgent, build_agents, find_agent
from state.models import DEFAULT_UCF, AgentReport, ReportStatus, Snapshot
from tests.manual_clock import ManualClock

TTL_S = 900.0


@pytest.fixture
def health(clock: ManualClock) -> HealthRegistry:
    return HealthRegistry(clock)


def snapshot(clock: ManualClock, *reports: AgentReport) -> Snapshot:
    return Snapshot(
        version=1,
        changed_at=clock.now(),
        source="default",
        ucf=DEFAULT_UCF,
        reports={report.agent: report for report in reports},
    )


def one(name: str, health: HealthRegistry, clock: ManualClock, *reports: AgentReport) -> AgentView:
    views = build_agents(snapshot(clock, *reports), health, clock, TTL_S)
    return next(view for view in views if view.name == name)


def test_there_are_fourteen_in_three_layers() -> None:
    assert len(ROSTER) == len({spec.name for spec in ROSTER}) == len({spec.symbol for spec in ROSTER}) == 14
    assert [sum(spec.layer == layer for spec in ROSTER) for layer in LAYERS] == [4, 5, 5]


def test_an_agent_whose_subsystem_is_not_built_says_so(health: HealthRegistry, clock: ManualClock) -> None:
    for spec in ROSTER:
        if spec.check is None:
            assert one(spec.name, health, clock).status == "not built yet"


def test_a_subsystem_that_has_said_nothing_is_not_taken_for_active(
    health: HealthRegistry, clock: ManualClock
) -> None:
    view = one("SanghaCore", health, clock)
    assert (view.status, view.since) == ("down", None)
    assert "not reported yet" in view.detail


@pytest.mark.parametrize(("check", "status"), [("pass", "active"), ("warn", "degraded"), ("fail", "down")])
def test_a_status_is_that_of_the_check(
    health: HealthRegistry, clock: ManualClock, check: Status, status: str
) -> None:
    health.report("gateway", check, "why", load=0.3, counters={"shards": 1})
    view = one("SanghaCore", health, clock)
    assert (view.status, view.detail, view.load, view.external) == (status, "why", 0.3, False)
    assert view.counters == {"shards": 1}
    assert view.since == clock.now()


@pytest.mark.parametrize("status", ["active", "degraded", "down"])
def test_an_external_agent_is_as_it_reported(
    health: HealthRegistry, clock: ManualClock, status: ReportStatus
) -> None:
    report = AgentReport(agent="Vega", status=status, reported_at=clock.now(), task="t", load=0.7)
    view = one("Vega", health, clock, report)
    assert (view.status, view.external, view.task, view.load) == (status, True, "t", 0.7)
    assert view.since == clock.now()


def test_an_external_agent_goes_stale_and_is_then_not_active(
    health: HealthRegistry, clock: ManualClock
) -> None:
    report = AgentReport(agent="Vega", status="active", reported_at=clock.now(), load=0.7)
    clock.advance(TTL_S)
    assert one("Vega", health, clock, report).status == "active"
    clock.advance(1)
    view = one("Vega", health, clock, report)
    assert (view.status, view.load) == ("stale", None)


def test_an_external_agent_whose_heartbeat_is_from_the_future_is_stale(
    health: HealthRegistry, clock: ManualClock
) -> None:
    at = clock.now() + timedelta(minutes=5)
    assert (
        one("Vega", health, clock, AgentReport(agent="Vega", status="active", reported_at=at)).status
        == "active"
    )
    at += timedelta(seconds=1)
    view = one("Vega", health, clock, AgentReport(agent="Vega", status="active", reported_at=at))
    assert (view.status, view.detail) == ("stale", "its last heartbeat is dated in the future")


def test_a_report_replaces_the_measurement(health: HealthRegistry, clock: ManualClock) -> None:
    health.report("http", "pass")
    report = AgentReport(agent="Claude", status="down", reported_at=clock.now() - timedelta(seconds=1))
    assert one("Claude", health, clock, report).status == "down"


@pytest.mark.parametrize("name", ["SanghaCore", "sanghacore", "  SANGHACORE "])
def test_an_agent_is_found_in_any_case(name: str) -> None:
    assert find_agent(name).name == "SanghaCore"


def test_a_typo_gets_a_suggestion() -> None:
    with pytest.raises(UnknownAgent, match="Kavach") as caught:
        find_agent("kavatch")
    assert caught.value.suggestion == "Kavach"
