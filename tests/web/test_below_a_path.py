"""PUBLIC_URL with a path: Helix behind a proxy that strips it, and behind one that leaves it."""

import re
from html import unescape
from typing import Any

import pytest

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site, counter
from tests.web.routes.test_session import TOKEN, begin
from web.routes.table import ROUTES
from web.routing import RouteSpec

pytestmark = pytest.mark.unmeasured

BELOW = "/tools/helix"
PUBLIC = f"https://example.org{BELOW}"
_READ = [spec for spec in ROUTES if spec.method == "GET" and spec.stream is None]


@pytest.fixture
async def below(make_site: MakeSite) -> Site:
    site = await make_site(public_url=PUBLIC)
    site.connect_gateway()
    return site


@pytest.mark.parametrize("spec", _READ, ids=lambda spec: spec.path)
async def test_every_route_is_found_with_the_path_and_without(below: Site, spec: RouteSpec) -> None:
    for place in (spec.example, BELOW + spec.example):
        answer = await below.get(place)
        assert answer.status in ({415, 503} if spec.auth == "webhook" else spec.expected), place
    if spec.auth != "webhook":
        requests = counter(below.kernel.metrics, "helix_http_requests_total")
        assert requests.value(spec.path, "GET", str(answer.status)) == 2


@pytest.mark.parametrize("path", [BELOW, f"{BELOW}/"])
async def test_the_dashboard_is_found_with_a_slash_and_without(below: Site, path: str) -> None:
    answer = await below.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def _links(html: str) -> list[str]:
    found = re.findall(r'(?:href|src)="([^"#][^"]*)"', html)
    return [unescape(link) for link in found if not link.startswith(("data:", "https://"))]


@pytest.mark.parametrize("page", ["/", "/docs"])
async def test_every_link_of_a_page_leads_below_the_path(below: Site, page: str) -> None:
    links = _links((await below.get(page)).body.decode())
    assert len(links) > 10
    for link in links:
        assert link.startswith(f"{BELOW}/"), link
        method = "HEAD" if link.startswith((f"{BELOW}/events", f"{BELOW}/ws")) else "GET"
        for asked in (link, link.removeprefix(BELOW)):
            assert (await below.get(asked, method=method)).status in {200, 426}, asked


async def test_the_sign_in_page_loads_its_files_below_the_path(make_site: MakeSite) -> None:
    site = await make_site(public_url=PUBLIC, read_token=Secret(TOKEN))
    answer = await site.get(f"{BELOW}/docs", Accept="text/html")
    links = _links(answer.body.decode())
    assert answer.status == 401
    assert links
    assert all(link.startswith(f"{BELOW}/assets/") for link in links)


async def test_the_error_page_links_below_the_path(below: Site) -> None:
    answer = await below.get(f"{BELOW}/statu", Accept="text/html")
    links = _links(answer.body.decode())
    assert (answer.status, links) == (404, [f"{BELOW}/status", f"{BELOW}/", f"{BELOW}/docs"])


async def test_no_script_of_the_dashboard_asks_at_the_root(below: Site) -> None:
    page = (await below.get("/")).body.decode()
    scripts = [link for link in _links(page) if link.endswith(".js")]
    for script in scripts:
        text = (await below.get(script)).body.decode()
        assert not re.search(r"""["'`]/(?:[a-z.]|["'`])""", text), script


async def test_discovery_lists_urls_below_the_path(below: Site) -> None:
    found = (await below.get("/.well-known/helix.json")).json()
    assert found["links"]["status"] == f"{PUBLIC}/status"
    assert (await below.get("/openapi.json")).json()["servers"] == [{"url": PUBLIC}]


async def test_a_similar_path_is_suggested_below_the_path(below: Site) -> None:
    for asked in ("/statu", f"{BELOW}/statu"):
        assert (await below.get(asked)).json()["suggestion"] == f"{BELOW}/status"


async def test_a_path_with_another_prefix_is_not_found(below: Site) -> None:
    for path in ("/tools", f"{BELOW}status", f"{BELOW}{BELOW}/status", "/tools/other/status"):
        assert (await below.get(path)).status == 404


@pytest.mark.parametrize(
    ("public_url", "name"),
    [(PUBLIC, "__Secure-helix_session"), (f"http://127.0.0.1{BELOW}", "helix_session")],
)
async def test_the_cookie_is_limited_to_the_path(make_site: MakeSite, public_url: str, name: str) -> None:
    site = await make_site(public_url=public_url, read_token=Secret(TOKEN))
    cookie, header = await begin(site)
    assert cookie.startswith(f"Cookie: {name}=")
    assert f"Path={BELOW}" in header.split("; ")
    wire = await site.wire()
    assert (await wire.ask(f"{BELOW}/ucf", cookie)).status == 200
    ended = await wire.ask(f"{BELOW}/session", cookie, method="DELETE")
    assert ended.status == 204
    assert (await wire.ask(f"{BELOW}/ucf", cookie)).status == 401


async def test_a_known_head_below_the_path_is_answered_from_the_table(below: Site) -> None:
    wire = await below.wire()
    found: list[Any] = [(await wire.ask(f"{BELOW}/ucf")).headers["x-cache"] for _ in range(2)]
    assert found == ["miss", "hit"]
    assert len(below.server._table) == 1


async def test_a_path_that_is_a_routes_too_hides_nothing(make_site: MakeSite) -> None:
    site = await make_site(public_url="https://example.org/agents")
    assert "agents" in (await site.get("/agents")).json()
    assert (await site.get("/agents/Claude")).json()["name"] == "Claude"
    assert (await site.get("/agents/agents/Claude")).json()["name"] == "Claude"
    assert (await site.get("/agents/")).headers["content-type"].startswith("text/html")
