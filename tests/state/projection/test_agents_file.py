"""Reports of external agents come from `agents.json`, and reach it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from state.models import AgentReport
from tests.manual_clock import ManualClock
from tests.state.world import World


def touch(path: Path, moment_s: float) -> None:
    os.utime(path, (moment_s, moment_s))


async def test_an_external_agent_comes_from_the_file(world: World) -> None:
    world.agents_file.write_text('{"gemini": {"status": "degraded", "task": "looking"}}')
    touch(world.agents_file, world.clock.now().timestamp() - 30)
    assert await world.projector.check("agents") == {"agents.json": "imported"}
    report = world.manager.snapshot.reports["Gemini"]
    assert report.status == "degraded"
    assert report.reported_at == world.clock.now() - timedelta(seconds=30)


async def test_the_same_report_written_again_is_a_heartbeat(world: World) -> None:
    now = world.clock.now().timestamp()
    world.agents_file.write_text('{"Gemini": {"status": "active"}}')
    touch(world.agents_file, now - 60)
    await world.projector.check()
    touch(world.agents_file, now - 10)
    assert await world.projector.check("agents") == {"agents.json": "imported"}
    assert world.manager.snapshot.reports["Gemini"].reported_at.timestamp() == now - 10
    assert await world.projector.check("agents") == {"agents.json": "current"}


async def test_a_heartbeat_by_another_way_reaches_the_file(world: World) -> None:
    report = AgentReport(agent="Gemini", status="active", reported_at=world.clock.now(), load=0.5)
    await world.report(report)
    await world.projector.check()
    assert json.loads(world.agents_file.read_bytes())["Gemini"]["load"] == 0.5
    await world.stop()
    await world.start()
    assert world.manager.snapshot.reports == {"Gemini": report}
    assert await world.taken() == []


async def test_a_clock_that_is_set_back_makes_no_refused_edit_of_our_own_file(world: World) -> None:
    await world.report(AgentReport(agent="Gemini", status="active", reported_at=world.clock.now()))
    await world.stop()
    world.clock = ManualClock(world.clock.now() - timedelta(hours=1))
    await world.start()
    assert (await world.projector.check("agents")) == {"agents.json": "current"}
    later = AgentReport(agent="Gemini", status="degraded", reported_at=world.clock.now())
    await world.report(later)
    assert (await world.projector.check("agents")) == {"agents.json": "written"}
    assert json.loads(world.agents_file.read_bytes())["Gemini"]["status"] == "degraded"
    assert world.projector.refusals == ()
    assert await world.taken() == []


@pytest.mark.parametrize("ahead_s", [60, 3600])
async def test_a_file_from_the_future_is_no_heartbeat_at_every_look(world: World, ahead_s: int) -> None:
    world.agents_file.write_text('{"Gemini": {"status": "active"}}')
    touch(world.agents_file, world.clock.now().timestamp() + ahead_s)
    assert (await world.projector.check("agents")) == {"agents.json": "imported"}
    version = world.manager.snapshot.version
    world.clock.advance(1)
    assert (await world.projector.check("agents")) == {"agents.json": "current"}
    assert world.manager.snapshot.version == version


async def test_a_refused_agents_file_leaves_the_other_file_alone(world: World) -> None:
    world.agents_file.write_text('{"Gemni": {"status": "active"}}')
    await world.tune(harmony=0.9)
    outcomes = await world.projector.check()
    assert outcomes == {"ucf_state.json": "written", "agents.json": "refused"}
    assert "did you mean Gemini?" in world.projector.refusals[0].reason
