"""A running sandbox for each test, and the real discord.py client connected to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import discord
import pytest
import pytest_asyncio
import yarl
from aiohttp import ClientSession
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket
from discord.http import Route
from playwright.async_api import Page
from playwright.async_api import Route as PageRoute

from sandbox import Sandbox, start_sandbox
from sandbox.engine import Engine
from tests.browser_support import Tabs
from tests.sandbox.page_bot import Stage, open_stage
from tests.sandbox.support import Api, Bot, Bots, Clock

_SANDBOX_FILES = Path(__file__).parents[2] / "sandbox"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    """A sandbox whose rate-limit windows and deadlines do not pass unless a test moves or shortens them."""
    running = await start_sandbox(engine=Engine(monotonic_s=clock))
    # Discord's three seconds pass on a busy machine, and what is answered too late is unknown (10015).
    running.engine.interactions.answer_s = 3600.0
    running.engine.limits.set("global", 10_000, 1.0)
    yield running
    await running.stop()


@pytest.fixture
def general(sandbox: Sandbox) -> int:
    return sandbox.channel("general")


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    async with ClientSession() as session:
        yield Api(sandbox, session)


@pytest.fixture
def pointed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """discord.py pointed at the sandbox, as DISCORD_API_URL does it."""
    monkeypatch.setattr(Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    monkeypatch.setattr(discord.Asset, "BASE", sandbox.cdn_url)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.01)
    return sandbox


@pytest.fixture
async def bots(pointed: Sandbox) -> AsyncIterator[Bots]:
    kept = Bots(pointed)
    yield kept
    await kept.close()


@pytest.fixture
async def bot(bots: Bots) -> Bot:
    return await bots.connect()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tabs: Tabs) -> AsyncIterator[Stage]:
    """A sandbox and a bot for all tests of the page, each of which opens a page of its own."""
    async with open_stage(tabs) as stage:
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def modules(tabs: Tabs) -> AsyncIterator[Page]:
    """An empty page that can import the modules of the chat page, for tests of one of them."""

    async def serve(route: PageRoute) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            await route.fulfill(path=_SANDBOX_FILES / path.lstrip("/"))
        else:
            await route.fulfill(body="<!doctype html>", content_type="text/html")

    async with tabs.page() as page:
        await page.route("http://page.test/**", serve)
        await page.goto("http://page.test/")
        yield page
