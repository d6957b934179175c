"""GET /.well-known/helix.json: what a program learns of this server."""

from core.version import VERSION
from state.events import IN_EVENTS, OUT_EVENTS
from tests.web.helpers import MakeSite, Site
from web.routes.table import ROUTES


async def test_it_names_what_there_is(site: Site) -> None:
    answer = await site.get("/.well-known/helix.json")
    found = answer.json()
    assert (found["name"], found["version"]) == ("Helix", VERSION)
    assert [(route["method"], route["path"]) for route in found["routes"]] == [
        (spec.method, spec.path) for spec in ROUTES
    ]
    assert found["events"] == {"incoming": list(IN_EVENTS), "outgoing": list(OUT_EVENTS)}


async def test_its_links_lead_somewhere(site: Site) -> None:
    found = (await site.get("/.well-known/helix.json")).json()
    assert {"openapi", "status", "health", "webhooks", "dashboard"} <= set(found["links"])
    for link in found["links"].values():
        path = link.removeprefix(site.server.base_url)
        assert path.startswith("/")
        assert (await site.get(path)).status == 200, link


async def test_links_use_the_public_url_and_not_the_host_header(make_site: MakeSite) -> None:
    site = await make_site(public_url="https://helix.example.org", sandbox_hosts=("evil.example",))
    found = (await site.get("/.well-known/helix.json", Host="evil.example")).json()
    assert all(link.startswith("https://helix.example.org/") for link in found["links"].values())
