"""The dashboard in a real Chromium, over a real Helix that can be stopped and started again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import aiohttp
from playwright.async_api import Page, expect

from tests.browser_support import Tabs
from tests.e2e.helix_process import HelixProcess, helix, sandbox_env

Colours = Literal["light", "dark"]
DESKTOP = (1440, 900)
PHONE = (390, 844)

# A check is read every few seconds, and a machine that runs the whole suite is slow.
expect.set_options(timeout=20_000)


class Dashboard:
    """One Helix with a data folder of its own, and pages that show it."""

    def __init__(self, tabs: Tabs, data: Path, settings: dict[str, str], stack: AsyncExitStack) -> None:
        self._tabs = tabs
        self._data = data
        self._settings = settings
        self._stack = stack
        self._process: HelixProcess | None = None
        self.url = ""
        self.problems: list[str] = []

    async def start(self) -> None:
        """Start Helix; again on the port that it had before."""
        process = await self._stack.enter_async_context(helix(env=sandbox_env(self._data, **self._settings)))
        self.url = await process.http()
        await process.ready()
        self._settings["PORT"] = self.url.rpartition(":")[2]
        self._process = process

    async def stop(self) -> None:
        """Stop Helix as a deploy does."""
        assert self._process is not None
        assert await self._process.terminate() == 0

    async def chat_page(self) -> str:
        assert self._process is not None
        return await self._process.chat_page()

    async def send(self, event: str, **data: Any) -> None:
        """An event by webhook; in the sandbox that needs no secret."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/webhooks/{event}", json=data) as response,
        ):
            assert response.status == 202, await response.text()

    @asynccontextmanager
    async def page(
        self,
        size: tuple[int, int] = DESKTOP,
        *,
        colours: Colours = "light",
        path: str = "/",
        allowed: tuple[str, ...] = (),
        **context: Any,
    ) -> AsyncIterator[Page]:
        """A page of its own; errors and refused loads on it, but those `allowed`, fail the test."""
        width, height = size
        problems: list[str] = []
        async with self._tabs.page(**context) as page:
            await page.set_viewport_size({"width": width, "height": height})
            await page.emulate_media(color_scheme=colours)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    problems.append(message.text) if message.type in {"error", "warning"} else None
                ),
            )
            await page.goto(f"{self.url}{path}")
            yield page
        assert [text for text in problems if not any(part in text for part in allowed)] == []


@asynccontextmanager
async def dashboard(tabs: Tabs, data: Path, **settings: str) -> AsyncIterator[Dashboard]:
    """A running Helix; gone when the block ends."""
    async with AsyncExitStack() as stack:
        made = Dashboard(tabs, data, settings, stack)
        await made.start()
        yield made


async def live(page: Page) -> None:
    """Waits until the page says that it is live, and its first snapshot is shown."""
    await expect(page.locator("#link")).to_have_text("Live")
    await expect(page.locator("#traffic .spark").first).to_be_visible()
    await expect(page.locator('[data-metric="harmony"] .readout')).not_to_contain_text("Reading")
