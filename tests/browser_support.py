"""A real Chromium for the tests that drive the page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

# The first is Chromium without its windows, and needs a third less time for the same pages.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Without these a Chromium under root does not start, or asks for hosts outside the machine.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Gives the path of an installed Chromium, or None."""
    return next((path for path in map(shutil.which, _NAMES) if path is not None), None)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Starts a headless Chromium and ends it with the block; skips the test where none is installed."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"no Chromium here: none of {', '.join(_NAMES)} is installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


class Tabs:
    """Pages in windows that are kept: a new window takes longer than all that most tests do in it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[str, list[BrowserContext]] = {}

    @asynccontextmanager
    async def page(self, *, has_clock: bool = False, **options: Any) -> AsyncIterator[Page]:
        """A page whose storage is empty and shared with no other; `options` are those of a context.

        `has_clock` is for tests that install a clock, which would stay for all pages to come.
        """
        idle = self._idle.setdefault(repr(sorted(options.items())), [])
        context = idle.pop() if idle and not has_clock else await self._open(options)
        page = await context.new_page()
        yield page
        if has_clock:
            await context.close()
            return
        await _forget(context, page)
        await page.close()
        idle.append(context)

    async def _open(self, options: dict[str, Any]) -> BrowserContext:
        context = await self.browser.new_context(**options)
        # A window closes with its last tab.
        await context.new_page()
        return context


async def _forget(context: BrowserContext, page: Page) -> None:
    address = urlsplit(page.url)
    session = await context.new_cdp_session(page)
    await session.send(
        "Storage.clearDataForOrigin",
        {"origin": f"{address.scheme}://{address.netloc}", "storageTypes": "all"},
    )
    await context.clear_cookies()
