"""GET /docs: the page is whole, its links lead somewhere, and its examples work."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from core.logs.secret import Secret
from state.events import IN_EVENTS, OUT_EVENTS
from tests.web.helpers import MakeSite, Site
from web.routes.table import ROUTES

pytestmark = pytest.mark.unmeasured


class _Page(HTMLParser):
    """The ids, links and open elements of a page."""

    _VOID = frozenset({"meta", "link", "img", "wbr", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [(str(found.get("class", "")), str(found["href"]))] if tag == "a" else []
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._VOID:
            assert self.open.pop() == tag


async def page(site: Site) -> str:
    answer = await site.get("/docs")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.body.decode()


async def test_every_operation_event_and_record_is_on_it(site: Site) -> None:
    text = await page(site)
    found = _Page(text)
    assert found.open == []
    assert len(set(found.ids)) == len(found.ids)
    document = (await site.get("/openapi.json")).json()
    operations = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert len(operations) == len(ROUTES)
    assert set(operations) <= set(found.ids)
    assert {f"record-{name}" for name in document["components"]["schemas"]} <= set(found.ids)
    for name in (*IN_EVENTS, *OUT_EVENTS):
        assert name in text


async def test_every_link_leads_somewhere(site: Site) -> None:
    found = _Page(await page(site))
    for _, link in found.links:
        if link.startswith("#"):
            assert link[1:] in found.ids, link


async def test_what_it_offers_to_open_opens(site: Site) -> None:
    found = _Page(await page(site))
    offered = [link for kind, link in found.links if kind == "try"]
    assert len(offered) > 15
    for link in offered:
        stream = link.partition("?")[0] == "/events"
        answer = await site.get(link, method="HEAD" if stream else "GET")
        assert answer.status == 200, link


async def test_examples_name_the_setting_of_the_token_and_not_its_value(make_site: MakeSite) -> None:
    token = Secret("to-read-with")
    site = await make_site(read_token=token)
    answer = await site.get("/docs", Authorization=f"Bearer {token.reveal()}")
    text = unescape(answer.body.decode())
    assert '-H "Authorization: Bearer $READ_TOKEN"' in text
    assert token.reveal() not in text


async def test_the_page_runs_only_its_own_scripts(site: Site) -> None:
    answer = await site.get("/docs")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "'self'" not in policy.replace("img-src 'self'", "")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.body.decode())


async def test_it_is_kept_and_small_on_the_wire(site: Site) -> None:
    first = await site.get("/docs", Accept_Encoding="gzip")
    again = await site.get("/docs", If_None_Match=first.headers["etag"], Accept_Encoding="gzip")
    assert (again.status, again.headers["x-cache"]) == (304, "hit")
    assert len(first.body) < 40_000


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_browser_without_the_token_gets_the_sign_in_page(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret("a-token-for-reading-1"))
    answer = await site.get("/docs", **BROWSER)
    assert (answer.status, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert answer.headers["www-authenticate"] == 'Bearer realm="helix"'
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    text = answer.body.decode()
    assert 'id="session"' in text
    assert "/hooks" not in text
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', text):
        assert (await site.get(address)).status == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/docs", {}),
        ("/docs", {"Accept": "*/*"}),
        ("/docs", {**BROWSER, "Authorization": "Bearer another"}),
        ("/status", {}),
        ("/health", {"Accept": "*/*"}),
    ],
)
async def test_programs_and_monitors_read_the_refusal_as_a_problem(
    make_site: MakeSite, path: str, headers: dict[str, str]
) -> None:
    site = await make_site(read_token=Secret("a-token-for-reading-1"))
    answer = await site.get(path, **headers)
    assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
