import re
from base64 import b64encode
from hashlib import sha256

import pytest

from state.models import METRICS
from tests.web.helpers import Site


async def test_the_page_shows_the_numbers_of_now(site: Site) -> None:
    await site.change(harmony=0.123)
    page = await site.get("/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "0.123" in page.body.decode()
    for name in METRICS:
        assert name.title() in page.body.decode()


async def test_the_bars_know_which_values_are_good(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    for bands in (
        'low="0.3" high="0.7" optimum="2.0"',
        'low="0.3" high="0.7" optimum="0.0"',
        'low="0.8" high="1.2" optimum="1.0"',
    ):
        assert bands in html


async def test_the_page_needs_no_script_and_its_style_is_allowed_by_hash(site: Site) -> None:
    page = await site.get("/")
    html = page.body.decode()
    policy = page.headers["content-security-policy"]
    assert "<script" not in html
    assert " style=" not in html
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_every_link_on_the_page_leads_somewhere(site: Site) -> None:
    links = re.findall(r'href="(/[^"]*)"', (await site.get("/")).body.decode())
    assert "/status" in links
    for link in links:
        assert (await site.get(link)).status == 200


async def test_the_page_lists_all_agents(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    for agent in site.collective.agents():
        assert agent.name in html
        assert agent.status in html


async def test_words_from_outside_are_escaped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    hostile = [
        msgspec.structs.replace(agent, detail="<script>alert(1)</script>")
        for agent in site.collective.agents()
    ]
    monkeypatch.setattr(type(site.collective), "agents", lambda _self: tuple(hostile))
    html = (await site.get("/")).body.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
