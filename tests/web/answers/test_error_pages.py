"""Errors as a browser gets them: a page, whatever is wrong; and everybody else reads problem+json."""

import re

import pytest
from aiohttp import web
from yarl import URL

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site, head
from web.answers.headers import HTML
from web.routing import RouteSpec

BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("path", "method", "status", "said"),
    [
        ("/nothing", "GET", 404, "Nothing exists at this path."),
        ("/agents/nobody", "GET", 404, "nobody"),
        ("/assets/x/none.js", "GET", 404, "no file"),
        ("/ucf/history?since=soon", "GET", 400, "since"),
        ("/ucf/history?nonsense=1", "GET", 400, "nonsense"),
        ("/webhooks/ucf.update", "GET", 405, "Allowed: OPTIONS, POST."),
        ("/ws", "GET", 426, "WebSocket"),
    ],
)
async def test_a_browser_gets_a_page_for_each_error(
    site: Site, path: str, method: str, status: int, said: str
) -> None:
    wire = await site.wire()
    answer = await wire.ask(path, BROWSER, method=method)
    assert (answer.status, answer.headers["content-type"]) == (status, HTML)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'; style-src 'sha256-" in answer.headers["content-security-policy"]
    text = answer.body.decode()
    assert f"<h1>{status} " in text
    assert said in text
    assert (await wire.ask(path, method=method)).headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "accept",
    [
        "Accept: */*",
        "Accept: application/json",
        "Accept: application/problem+json, text/html;q=0.9",
        "Accept: text/html;q=0",
        f"{BROWSER}\r\nAuthorization: Bearer wrong",
    ],
)
async def test_programs_get_a_problem(site: Site, accept: str) -> None:
    answer = await (await site.wire()).ask("/nothing", accept)
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)


@pytest.mark.parametrize(
    "head_bytes",
    [
        b"GET /" + b"x" * 9000 + f" HTTP/1.1\r\nHost: x\r\n{BROWSER}\r\n\r\n".encode(),
        f"GET / HTTP/1.1\r\nHost: x\r\n{BROWSER}\r\nCookie: ".encode() + b"x" * 9000 + b"\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\n{BROWSER}\r\n".encode() + b"X: y\r\n" * 200 + b"\r\n",
    ],
    ids=["address", "cookie", "headers"],
)
async def test_a_too_long_head_of_a_browser_gets_a_page(site: Site, head_bytes: bytes) -> None:
    wire = await site.wire()
    await wire.send(head_bytes)
    answer = await wire.answer()
    assert (answer.status, answer.headers["content-type"]) == (431, HTML)
    assert await wire.closed()


async def test_an_incomplete_head_of_a_browser_gets_a_page(make_site: MakeSite) -> None:
    site = await make_site(head_timeout_s=0.02)
    wire = await site.wire()
    await wire.send(f"GET / HTTP/1.1\r\nHost: x\r\n{BROWSER}\r\nCookie: a".encode())
    answer = await wire.answer()
    assert (answer.status, answer.headers["content-type"]) == (408, HTML)
    assert await wire.closed()


async def test_errors_of_aiohttp_are_pages_too(site: Site) -> None:
    answer = await (await site.wire()).ask("/nothing", BROWSER, "Expect: a-miracle")
    assert (answer.status, answer.headers["content-type"]) == (417, HTML)


async def test_the_page_of_an_incident_shows_its_id(make_site: MakeSite) -> None:
    async def fail(_: web.Request) -> web.StreamResponse:
        raise RuntimeError("secret detail")

    site = await make_site(routes=(RouteSpec(path="/broken", handler=fail, summary="Fails."),))
    answer = await (await site.wire()).ask("/broken", BROWSER)
    assert (answer.status, answer.headers["content-type"]) == (500, HTML)
    assert re.search("as incident [0-9a-f]{8}", answer.body.decode())
    assert "secret detail" not in answer.body.decode()


async def test_the_page_links_to_the_suggestion_and_the_dashboard(site: Site) -> None:
    session = await site.session()
    for path in ("/statu", "/agents/nobody", "/a/b/c"):
        answer = await session.get(f"{site.server.base_url}{path}", headers={"Accept": "text/html"})
        links = re.findall(r'<li><a href="([^"]+)"', await answer.text())
        assert len(links) >= 2
        for link in links:
            assert (await session.get(answer.url.join(URL(link)))).status == 200, link
    page = await (await site.wire()).ask("/statu", BROWSER)
    assert '<a href="/status">/status</a>' in page.body.decode()


async def test_below_the_path_of_public_url_the_links_lead_there(make_site: MakeSite) -> None:
    site = await make_site(public_url="https://helix.example/tools/helix")
    for path in ("/tools/helix/statu", "/statu"):
        text = (await (await site.wire()).ask(path, BROWSER)).body.decode()
        for link in ("/tools/helix/status", "/tools/helix/", "/tools/helix/docs"):
            assert f'<a href="{link}">' in text
            assert (await site.get(link)).status == 200


async def test_without_the_token_the_page_links_to_the_sign_in(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret("a-token-for-reading-1"))
    answer = await (await site.wire()).ask("/ucf/history", BROWSER)
    assert (answer.status, answer.headers["content-type"]) == (401, HTML)
    assert answer.headers["www-authenticate"] == 'Bearer realm="helix"'
    assert '<a href="/">Sign in</a>' in answer.body.decode()


async def test_the_requested_path_is_escaped(site: Site) -> None:
    answer = await (await site.wire()).ask("/agents/<script>alert(1)</script>", BROWSER)
    assert "<script>" not in answer.body.decode()


async def test_a_head_request_gets_the_headers_alone(site: Site) -> None:
    wire = await site.wire()
    await wire.send(head("/nothing", BROWSER, method="HEAD"))
    answer = await wire.answer(head_only=True)
    assert (answer.status, answer.headers["content-type"]) == (404, HTML)
