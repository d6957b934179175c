import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import msgspec
import pytest

from core.logs.secret import Secret
from state.agents import ROSTER
from state.models import METRICS
from tests.web.helpers import MakeSite, Site
from web.dashboard.page import DashboardPage


class _Marks(HTMLParser):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    marks = _Marks()
    marks.feed(html)
    return marks.found


def _ids(html: str) -> Iterator[str]:
    for _, attributes in _elements(html):
        if (found := attributes.get("id")) is not None:
            yield found


async def test_the_page_shows_the_current_values(site: Site) -> None:
    await site.change(harmony=0.123)
    page = await site.get("/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-cache"
    assert "0.123" in page.body.decode()
    assert site.collective.status.read().assessment in page.body.decode()
    for name in METRICS:
        assert name.title() in page.body.decode()


async def test_the_page_needs_no_font_with_emoji(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    assert re.findall("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]", html) == []
    assert html.count('class="symbol"') == len(ROSTER)


async def test_every_check_shows_its_thresholds(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    told = dict(re.findall(r"<dt>([\w-]+)</dt>.*?<dd>(.*?)</dd>", html[html.index('id="bounds"') :]))
    assert told["clock"].startswith(
        "Warns when drift is above 5 s, fails when it is above 300 s (CLOCK_WARN_S)"
    )
    assert set(told) == {check.name for check in site.kernel.health.checks()}
    assert "fails when the server is not listening" in told["http"]


async def test_a_check_shows_when_its_status_changed(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    shown = re.findall(r'<dd class="when">(\w+) <time datetime="([^"]+)">', html)
    assert {word for word, _ in shown} == {"changed"}
    assert {at for _, at in shown} == {check.since.isoformat() for check in site.kernel.health.checks()}


async def test_the_gauge_marks_the_value(site: Site) -> None:
    await site.change(harmony=0.5, klesha=1.0)
    html = (await site.get("/")).body.decode()
    places = re.findall(r'data-metric="(\w+)".*?class="mark" x="([\d.]+)%"', html)
    assert dict(places)["harmony"] == "25"
    assert dict(places)["klesha"] == "100"


async def test_the_panel_of_a_metric_has_its_limits(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    panels = {attributes["data-metric"]: attributes for _, attributes in _elements(html)
              if "data-metric" in attributes}  # fmt: skip
    assert panels["zoom"]["data-critical-low"] == "0.5"
    assert panels["zoom"]["data-critical-high"] == "1.8"
    assert panels["klesha"]["data-good-high"] == "0.3"
    assert "data-critical-low" not in panels["klesha"]


async def test_nothing_on_the_page_is_inline_and_the_policy_forbids_it(site: Site) -> None:
    page = await site.get("/")
    html = page.body.decode()
    policy = page.headers["content-security-policy"]
    for tag, attributes in _elements(html):
        assert tag != "style"
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag == "script":
            assert attributes["src"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy


async def test_no_id_is_given_twice_and_every_reference_leads_to_one(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    ids = list(_ids(html))
    assert len(ids) == len(set(ids))
    for _, attributes in _elements(html):
        for name in ("aria-labelledby", "aria-describedby", "for"):
            if (wanted := attributes.get(name)) is not None:
                assert wanted in ids
        if (href := attributes.get("href")) is not None and href.startswith("#"):
            assert href[1:] in ids


async def test_every_link_and_file_of_the_page_is_there(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    links = set(re.findall(r'(?:href|src)="(/[^"]*)"', html))
    assert "/status" in links
    assert any(link.endswith("main.js") for link in links)
    for link in links:
        assert (await site.get(link)).status == 200, link


async def test_all_agents_are_in_the_list_and_in_the_helix(site: Site) -> None:
    html = (await site.get("/")).body.decode()
    for agent in site.collective.monitor.agents():
        assert f'data-agent="{agent.name}" data-status="{agent.status}"' in html
        assert f'data-rung="{agent.name}" data-status="{agent.status}"' in html


async def test_open_alerts_and_failing_checks_show_without_scripts(site: Site) -> None:
    await site.change(harmony=0.1)
    site.break_store()
    html = (await site.get("/")).body.decode()
    assert "ucf.harmony" in html
    assert "disk full" in html
    assert html.index("disk full") < html.index("<strong>access</strong>")


async def test_external_texts_are_escaped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = [
        msgspec.structs.replace(agent, detail="<script>alert(1)</script>")
        for agent in site.collective.monitor.agents()
    ]
    monkeypatch.setattr(site.collective.monitor, "agents", lambda: tuple(hostile))
    html = (await site.get("/")).body.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


async def test_the_page_is_compressed_if_the_client_accepts_it(site: Site) -> None:
    page = await site.get("/", Accept_Encoding="gzip")
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(page.body).startswith(b"<!doctype html>")


def test_a_closed_page_has_the_names_and_no_value() -> None:
    html = DashboardPage().render_closed().decode()
    assert 'data-reader="closed"' in html
    assert "Harmony" in html
    assert "Kael" in html
    assert re.findall(r'class="value">([^<]*)<', html) == ["–"] * len(METRICS)
    assert {a["data-status"] for _, a in _elements(html) if "data-agent" in a} == {"unknown"}


async def test_with_a_read_token_the_page_shows_values_only_to_signed_in_readers(
    make_site: MakeSite,
) -> None:
    site = await make_site(read_token=Secret("s" * 24))
    closed = await site.get("/")
    assert closed.status == 200
    assert 'data-reader="closed"' in closed.body.decode()
    assert site.collective.status.read().assessment not in closed.body.decode()
    opened = await site.get("/", Authorization=f"Bearer {'s' * 24}")
    assert site.collective.status.read().assessment in opened.body.decode()
    assert opened.headers["cache-control"] == closed.headers["cache-control"] == "private, no-cache"
    assert (await site.get("/assets/latest/main.js")).status == 200
