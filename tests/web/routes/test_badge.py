"""GET /badge/{name}.svg: what each says, in which colour, and for how long."""

import pytest

from core.health import Status
from tests.web.helpers import Site
from web.answers.badge import COLOURS, Tone


async def badge(site: Site, name: str) -> str:
    answer = await site.get(f"/badge/{name}.svg")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-cache"
    return answer.body.decode()


def says(svg: str, text: str, tone: Tone) -> bool:
    return f'aria-label="{text}"' in svg and COLOURS[tone] in svg


@pytest.mark.parametrize(
    ("status", "text", "tone"),
    [
        ("pass", "helix: all well", "good"),
        ("warn", "helix: needs attention", "fair"),
        ("fail", "helix: failing", "critical"),
    ],
)
async def test_the_status(site: Site, status: Status, text: str, tone: Tone) -> None:
    for check in site.kernel.health.checks():
        site.kernel.health.remove(check.name)
    site.kernel.health.report("store", status, "as it is", required=True)
    assert says(await badge(site, "status"), text, tone)


async def test_a_critical_value_shows_although_every_check_passes(site: Site) -> None:
    await site.change(harmony=0.1)
    for check in site.kernel.health.checks():
        site.kernel.health.remove(check.name)
    site.kernel.health.report("store", "pass", required=True)
    assert says(await badge(site, "status"), "helix: needs attention", "fair")
    page = (await site.get("/")).body.decode()
    assert "<title>Helix: Needs attention</title>" in page
    assert 'data-status="warn"' in page


@pytest.mark.parametrize(
    ("harmony", "text", "tone"),
    [
        (1.2, "ucf harmony: 1.20 good", "good"),
        (0.5, "ucf harmony: 0.50 fair", "fair"),
        (0.25, "ucf harmony: 0.25 critical", "critical"),
    ],
)
async def test_a_change_shows_at_once(site: Site, harmony: float, text: str, tone: Tone) -> None:
    await badge(site, "ucf-harmony")
    await site.change(harmony=harmony)
    assert says(await badge(site, "ucf-harmony"), text, tone)


async def test_the_agents(site: Site) -> None:
    agents = site.collective.monitor.agents()
    active = sum(agent.status == "active" for agent in agents)
    assert active < len(agents)
    assert any(agent.status == "down" for agent in agents)
    assert says(await badge(site, "agents"), f"agents: {active} of 14 active", "critical")


async def test_an_unknown_badge_lists_the_known_ones(site: Site) -> None:
    answer = await site.get("/badge/agnts.svg")
    assert answer.status == 404
    problem = answer.json()
    assert problem["type"] == "urn:helix:problem:unknown-badge"
    assert problem["choices"] == ["status", "agents", "ucf-harmony"]
    assert problem["suggestion"] == "agents"
    assert "status, agents, ucf-harmony" in problem["detail"]
