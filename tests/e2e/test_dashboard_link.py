"""The dashboard and its server: gone, back again, silent, and closed to the public."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Route, expect

from tests.axe_support import grave_findings
from tests.browser_support import Tabs
from tests.e2e.dashboard import PHONE, dashboard, live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# What Chromium says of requests that fail, as they must while the server is away.
_AWAY = ("Failed to load resource", "net::ERR_")


@asynccontextmanager
async def _silent_stream() -> AsyncIterator[str]:
    """A server whose streams begin with a heartbeat and end with the block; gives its address."""
    over = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": hello\n\n")
        await over.wait()
        return response

    app = web.Application()
    app.router.add_get("/events", stream)
    async with TestServer(app) as server:
        try:
            yield str(server.make_url("/events"))
        finally:
            over.set()


async def test_the_page_outlives_a_restart_and_shows_the_new_state(tabs: Tabs, tmp_path: Path) -> None:
    async with (
        dashboard(tabs, tmp_path) as board,
        board.page(allowed=_AWAY) as page,
    ):
        await live(page)
        await page.evaluate("window.sameDocument = true")
        await board.send("ucf.update", set={"harmony": 0.8})
        value = page.locator('[data-metric="harmony"] .value')
        await expect(value).to_have_text("0.800")
        await board.stop()
        await expect(page.locator("#link")).to_have_text("Disconnected")
        banner = page.locator("#banner")
        await expect(banner).to_be_visible()
        await expect(banner).to_contain_text("Disconnected since")
        await expect(banner).to_contain_text("Reconnecting")
        await expect(value).to_have_text("0.800")
        assert await page.locator("#agents").evaluate("node => getComputedStyle(node).filter") != "none"
        assert await grave_findings(page) == []
        # Changed by hand while Helix is down.
        document = tmp_path / "ucf_state.json"
        document.write_text(document.read_text().replace("0.8", "0.345"))
        await board.start()
        await expect(page.locator("#link")).to_have_text("Live", timeout=20_000)
        await expect(value).to_have_text("0.345")
        await expect(banner).to_be_hidden()
        assert await page.evaluate("window.sameDocument") is True


async def test_on_a_phone_the_head_stays_one_line_and_nothing_shines_green_while_disconnected(
    tabs: Tabs,
    tmp_path: Path,
) -> None:
    async with (
        dashboard(tabs, tmp_path) as board,
        board.page(PHONE, allowed=_AWAY) as page,
    ):
        await live(page)
        for said in ("Live", "Disconnected"):
            await expect(page.locator("#link")).to_have_text(said)
            for part in (".brand h1", ".link", ".tools .ghost"):
                box = await page.locator(part).first.bounding_box()
                assert box is not None
                assert box["height"] <= 34, (said, part)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE[0], said
            if said == "Live":
                await board.stop()
        assert await page.locator(".verdict").evaluate("node => getComputedStyle(node).filter") != "none"


async def test_a_reader_may_ask_again_at_once(tabs: Tabs, tmp_path: Path) -> None:
    async with (
        dashboard(tabs, tmp_path) as board,
        board.page(allowed=_AWAY) as page,
    ):
        await live(page)
        # Nothing that is planned happens any more: the page does not come back by itself.
        await page.evaluate("window.setTimeout = () => 0")
        await board.stop()
        await expect(page.locator("#link")).to_have_text("Disconnected")
        await board.start()
        await page.get_by_role("button", name="Try now").click()
        await expect(page.locator("#link")).to_have_text("Live")


async def test_a_connection_that_falls_silent_is_told_after_30_seconds(tabs: Tabs, tmp_path: Path) -> None:
    async with (
        dashboard(tabs, tmp_path) as board,
        board.page(allowed=_AWAY, has_clock=True) as page,
    ):
        await page.clock.install()
        # A stream that begins and then says nothing more, as a proxy does that lost its other end.
        async with _silent_stream() as url:
            asked = 0
            repaired = asyncio.Event()

            async def lead(route: Route) -> None:
                nonlocal asked
                asked += 1
                if asked == 1:
                    await route.continue_(url=url)
                else:
                    await repaired.wait()
                    await route.continue_()

            await page.route("**/events", lead)
            await page.reload()
            await expect(page.locator("#link")).to_have_text("Live")
            await page.clock.run_for(29_000)
            await expect(page.locator("#link")).to_have_text("Live")
            await page.clock.run_for(2_000)
            await expect(page.locator("#link")).to_have_text("Disconnected")
            await expect(page.locator("#banner")).to_contain_text("Nothing arrived for 30 seconds.")
            repaired.set()
            await page.clock.run_for(2_000)
            await expect(page.locator("#link")).to_have_text("Live")


async def test_a_closed_server_asks_for_its_token_and_then_shows_everything(
    tabs: Tabs, tmp_path: Path
) -> None:
    async with (
        dashboard(tabs, tmp_path, READ_TOKEN="a-token-for-reading-1") as board,
        board.page(allowed=("401", *_AWAY), bypass_csp=True) as page,
    ):
        value = page.locator('[data-metric="harmony"] .value')
        await expect(value).to_have_text("–")
        dialog = page.get_by_role("dialog", name="Sign in with the read token")
        await expect(dialog).to_be_visible()
        field = page.get_by_label("Token", exact=True)
        await expect(field).to_be_focused()
        assert await grave_findings(page) == []
        await page.keyboard.press("Escape")
        await field.fill("another")
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("alert")).to_have_text("This token is wrong.")
        await field.fill("a-token-for-reading-1")
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_hidden()
        await live(page)
        await expect(value).to_have_text("0.500")
        assert "a-token" not in await page.evaluate("document.cookie + JSON.stringify(localStorage)")
        # The session outlives a reload, and the page then arrives with its values.
        await page.reload()
        await live(page)
        await expect(dialog).to_be_hidden()
        await page.get_by_role("button", name="Sign out").click()
        await expect(dialog).to_be_visible()
        await expect(value).to_have_text("–")


async def test_the_reference_of_a_closed_server_asks_for_the_token_and_leads_back(
    tabs: Tabs, tmp_path: Path
) -> None:
    async with (
        dashboard(tabs, tmp_path, READ_TOKEN="a-token-for-reading-1") as board,
        board.page(path="/docs#getStatus", allowed=("401", *_AWAY), bypass_csp=True) as page,
    ):
        await expect(page.get_by_role("dialog", name="Sign in with the read token")).to_be_visible()
        field = page.get_by_label("Token", exact=True)
        await expect(field).to_be_focused()
        assert await grave_findings(page) == []
        await field.fill("a-token-for-reading-1")
        await page.keyboard.press("Enter")
        await expect(page.locator("#getStatus")).to_be_visible()
        assert page.url == f"{board.url}/docs#getStatus"
        # From a page elsewhere the cookie does not come along (SameSite=Strict), and is there all the same.
        await page.route("http://elsewhere.test/", _linking_to(f"{board.url}/docs"))
        await page.goto("http://elsewhere.test/")
        await page.get_by_role("link").click()
        await expect(page.locator("#getStatus")).to_be_visible()


async def test_the_question_for_the_token_covers_no_part_of_the_drawing(tabs: Tabs, tmp_path: Path) -> None:
    async with (
        dashboard(tabs, tmp_path, READ_TOKEN="a-token-for-reading-1") as board,
        board.page(path="/docs", allowed=("401",)) as page,
    ):
        await expect(page.get_by_role("dialog")).to_be_visible()
        for width, height in ((1440, 900), (390, 844), (1366, 721), (844, 390)):
            await page.set_viewport_size({"width": width, "height": height})
            # Where there is no room for both it is not drawn at all.
            assert await page.locator("figure").is_visible() is (height > 720)
            if height > 720:
                drawing = await page.locator("figure svg").bounding_box()
                question = await page.locator("#session").bounding_box()
                assert drawing is not None
                assert question is not None
                assert drawing["y"] + drawing["height"] <= question["y"], (width, height)


def _linking_to(url: str) -> Callable[[Route], Awaitable[None]]:
    body = f'<!doctype html><title>elsewhere</title><a href="{url}">go</a>'

    async def fulfil(route: Route) -> None:
        await route.fulfill(body=body, content_type="text/html")

    return fulfil
