"""The page at /docs in a real Chromium: on any screen, in both colours, with and without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.axe_support import grave_findings
from tests.browser_support import Tabs
from tests.e2e.helix_process import helix, sandbox_env

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

_PHONE, _DESKTOP = 390, 1440
_KINDS = ("getHistory", "getEvents", "postEvent", "deleteHook", "record-Agent", "record-Pong")


class _Reader:
    def __init__(self, tabs: Tabs, url: str) -> None:
        self._tabs = tabs
        self._url = url

    @asynccontextmanager
    async def page(self, width: int, anchor: str = "", **options: Any) -> AsyncIterator[Page]:
        """The page; fails where anything on it went wrong, as a refusal by the policy does."""
        wrong: list[str] = []
        async with self._tabs.page(**options) as page:
            await page.set_viewport_size({"width": width, "height": 900})
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            await page.goto(f"{self._url}/docs{anchor}")
            yield page
        assert wrong == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(tabs: Tabs, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[_Reader]:
    data: Path = tmp_path_factory.mktemp("helix")
    async with helix(env=sandbox_env(data)) as process:
        await process.ready()
        yield _Reader(tabs, await process.http())


@pytest.mark.parametrize("width", [_PHONE, _DESKTOP])
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_it_keeps_nobody_out(reader: _Reader, width: int, colours: Literal["light", "dark"]) -> None:
    async with reader.page(width, color_scheme=colours) as page:
        # One of each kind: axe takes long over a page that says the same in sixty places.
        await page.evaluate(
            """kept => {
              for (const one of document.querySelectorAll(".operation, .record"))
                if (!kept.includes(one.id)) one.remove();
              for (const link of document.querySelectorAll("a[href^='#']"))
                if (!document.getElementById(link.hash.slice(1))) link.removeAttribute("href");
            }""",
            list(_KINDS),
        )
        await page.locator("#getHistory details summary").click()
        await page.locator("#record-Agent summary").click()
        assert await page.locator(".operation, .record").count() == len(_KINDS)
        assert await grave_findings(page) == []


async def test_on_a_phone_nothing_stands_beside_the_screen(reader: _Reader) -> None:
    async with reader.page(_PHONE) as page:
        assert await page.evaluate("document.documentElement.scrollWidth") == _PHONE
        contents = page.locator("#contents")
        await expect(contents).not_to_have_attribute("open", "")
        await contents.locator("summary").click()
        await contents.get_by_role("link", name="GET /ucf/history").click()
        await expect(page.locator("#getHistory")).to_be_in_viewport()
        await expect(contents).not_to_have_attribute("open", "")


async def test_a_link_to_a_record_opens_it(reader: _Reader) -> None:
    async with reader.page(_DESKTOP) as page:
        await page.locator("#getStatus").get_by_role("link", name="GatewayStatus").click()
        await expect(page.locator("#record-GatewayStatus table")).to_be_visible()
    async with reader.page(_DESKTOP, "#record-Agent") as page:
        await expect(page.locator("#record-Agent table")).to_be_visible()


async def test_an_example_is_copied_whole(reader: _Reader) -> None:
    async with reader.page(_DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as page:
        button = page.locator("#getHistory").get_by_role("button", name="Copy: Request")
        await button.click()
        await expect(button).to_have_text("Copied")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("curl -s")
        assert copied.endswith("/ucf/history?metric=harmony&since=24h&points=120'")


async def test_without_scripts_it_says_the_same(reader: _Reader) -> None:
    async with reader.page(_PHONE, java_script_enabled=False) as page:
        await expect(page.locator("#contents")).to_have_attribute("open", "")
        await expect(page.locator("#getStatus h3")).to_contain_text("/status")
        await expect(page.get_by_role("button")).to_have_count(0)
        await page.locator("#record-Agent summary").click()
        await expect(page.locator("#record-Agent table")).to_be_visible()


async def test_its_badges_are_drawn(reader: _Reader) -> None:
    async with reader.page(_DESKTOP) as page:
        badges = page.locator(".badges img")
        await expect(badges).to_have_count(3)
        for badge in await badges.all():
            await badge.evaluate("image => image.decode()")
            assert await badge.evaluate("image => image.naturalWidth") > 60
