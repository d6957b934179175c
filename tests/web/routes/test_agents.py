import pytest

from state.agents import ROSTER
from tests.web.helpers import Site

pytestmark = pytest.mark.unmeasured


async def test_all_fourteen_are_listed_in_their_order(site: Site) -> None:
    answer = (await site.get("/agents")).json()
    assert [agent["name"] for agent in answer["agents"]] == [spec.name for spec in ROSTER]
    assert (answer["total"], answer["shown"]) == (14, 14)
    assert answer["active"] == sum(agent["status"] == "active" for agent in answer["agents"])


@pytest.mark.parametrize("layer", ["Operational", "operational", "CONSCIOUSNESS"])
async def test_a_layer_filters(site: Site, layer: str) -> None:
    agents = (await site.get(f"/agents?layer={layer}")).json()["agents"]
    assert agents
    assert {agent["layer"].lower() for agent in agents} == {layer.lower()}


@pytest.mark.parametrize("status", ["down", "DOWN", "active", "stale"])
async def test_a_status_filters(site: Site, status: str) -> None:
    wanted = status.lower().replace("-", " ").replace("_", " ")
    answer = await site.get(f"/agents?status={status}")
    every = [agent.name for agent in site.collective.monitor.agents() if agent.status == wanted]
    assert [agent["name"] for agent in answer.json()["agents"]] == every


async def test_an_unknown_choice_is_refused_with_the_known_ones(site: Site) -> None:
    answer = await site.get("/agents?layer=Basement")
    assert answer.status == 400
    assert answer.json()["parameters"] == ["layer"]
    assert "Operational" in answer.json()["choices"]


@pytest.mark.parametrize("name", ["Claude", "claude", "CLAUDE"])
async def test_one_agent_by_name_in_any_case(site: Site, name: str) -> None:
    agent = (await site.get(f"/agents/{name}")).json()
    assert (agent["name"], agent["layer"]) == ("Claude", "Integration")
    assert {"status", "symbol", "role", "subsystem", "load", "external", "since", "task"} <= agent.keys()


async def test_an_unknown_agent_is_a_404_with_a_suggestion(site: Site) -> None:
    answer = await site.get("/agents/Lumnia")
    assert (answer.status, answer.json()["suggestion"]) == (404, "Lumina")
    assert "suggestion" not in (await site.get("/agents/zzzz")).json()


async def test_a_very_long_name_is_not_repeated(site: Site) -> None:
    answer = await site.get("/agents/" + "x" * 5000)
    assert answer.status == 404
    assert len(answer.body) < 1500


async def test_a_report_shows_on_the_very_next_request(site: Site) -> None:
    from state.change import Change
    from state.models import AgentReport

    assert (await site.get("/agents/Gemini")).json()["external"] is False
    report = AgentReport(
        agent="Gemini", status="degraded", task="mapping", load=0.4, reported_at=site.clock.now()
    )
    await site.collective.manager.change(lambda _snapshot: Change(reports={"Gemini": report}))
    after = (await site.get("/agents/Gemini")).json()
    assert (after["external"], after["status"], after["task"]) == (True, "degraded", "mapping")
