"""Helix below a path of a host that it shares, in a real Chromium: whatever the proxy makes of that path."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bench._process import free_port
from tests.browser_support import Tabs
from tests.e2e.dashboard import live
from tests.e2e.helix_process import helix, sandbox_env
from tests.e2e.path_proxy import proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
_PATH = "/tools/helix"
_TOKEN = "a-token-for-reading-1"


@pytest.mark.parametrize("strips", [True, False], ids=["the path is stripped", "the path is left"])
async def test_everything_works_below_the_path_of_the_public_url(
    tabs: Tabs, tmp_path: Path, strips: bool
) -> None:
    outside, inside = free_port(), free_port()
    url = f"http://127.0.0.1:{outside}{_PATH}"
    env = sandbox_env(tmp_path, PUBLIC_URL=url, PORT=str(inside), READ_TOKEN=_TOKEN)
    async with (
        helix(env=env) as process,
        proxy(outside, _PATH, f"http://127.0.0.1:{inside}", strips=strips),
        tabs.page() as page,
    ):
        await process.ready()
        missing: list[str] = []
        page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
        await page.goto(url)
        await page.get_by_label("Token", exact=True).fill(_TOKEN)
        await page.keyboard.press("Enter")
        await live(page)
        assert [cookie.get("path") for cookie in await page.context.cookies()] == [_PATH]
        await page.reload()
        await live(page)
        for link in await page.locator("footer nav a").all():
            address = await link.evaluate("link => link.href")
            assert (await page.request.get(address)).ok, address
        await page.locator("footer nav a").first.click()
        await expect(page.get_by_role("heading", name="Helix API")).to_be_visible()
        assert page.url == f"{url}/docs"
        await page.get_by_role("link", name="Dashboard", exact=True).click()
        await live(page)
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await page.context.cookies() == []
        assert missing == []
