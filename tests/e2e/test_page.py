"""A newcomer's first minute: `python main.py`, the chat page in a real Chromium, and real answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser_support import Tabs
from tests.e2e.helix_process import helix, sandbox_env

_SLASH = Path(__file__).parents[2] / "bot" / "slash.json"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class _Stage:
    def __init__(self, tabs: Tabs, url: str) -> None:
        self._tabs = tabs
        self._url = url

    @asynccontextmanager
    async def page(self, identity: str, channel: str = "bot-commands") -> AsyncIterator[Page]:
        errors: list[str] = []
        async with self._tabs.page() as page:
            await page.set_viewport_size({"width": 390, "height": 800})
            page.on("pageerror", lambda error: errors.append(str(error)))
            await page.goto(f"{self._url}?as={identity}&in=Helix+Home&channel={channel}")
            await expect(page.locator("#bot-state")).to_have_text("Bot online")
            yield page
        assert errors == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tabs: Tabs, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[_Stage]:
    data: Path = tmp_path_factory.mktemp("helix")
    async with helix(env=sandbox_env(data)) as process:
        await process.ready()
        yield _Stage(tabs, await process.chat_page())


async def _type(page: Page, text: str) -> None:
    box = page.get_by_label("Message", exact=True)
    await box.press_sequentially(text)
    await box.press("Enter")


async def test_typing_status_gets_the_status(stage: _Stage) -> None:
    async with stage.page("member") as page:
        await _type(page, "!status")
        reply = page.locator(".message", has=page.locator(".embed")).last
        await expect(reply).to_contain_text("harmony")
        await expect(reply).to_contain_text("14")


async def test_the_slash_command_agents_shows_the_fourteen(stage: _Stage) -> None:
    async with stage.page("member") as page:
        await _type(page, "/agents")
        reply = page.locator(".message", has_text="used /agents").last
        for name in ("Kael", "SanghaCore", "Claude"):
            await expect(reply).to_contain_text(name)


async def test_the_help_menu_leads_to_a_category(stage: _Stage) -> None:
    async with stage.page("member") as page:
        await _type(page, "!help")
        reply = page.locator(".message", has=page.locator(".embed")).last
        await expect(reply).to_contain_text("!help")
        await reply.get_by_role("button", name="Overview").click()
        await page.get_by_role("option", name="Monitoring").click()
        await expect(reply).to_contain_text("heartbeat")


async def test_an_admin_reloads_a_cog(stage: _Stage) -> None:
    async with stage.page("admin") as page:
        await _type(page, "!reload monitoring")
        reply = page.locator(".message", has=page.locator(".embed")).last
        await expect(reply).to_contain_text("monitoring")
        await expect(reply).to_contain_text("✅")


async def test_a_member_who_reloads_is_refused_politely(stage: _Stage) -> None:
    async with stage.page("member") as page:
        await _type(page, "!reload monitoring")
        reply = page.locator(".message", has_text="!reload monitoring").last
        await expect(page.locator(".message").last).to_contain_text("admin")
        await expect(reply).to_be_visible()


async def test_the_message_box_completes_the_bots_own_commands(stage: _Stage) -> None:
    async with stage.page("member") as page:
        await page.get_by_label("Message", exact=True).press_sequentially("!stat")
        await expect(page.get_by_role("option").first).to_contain_text("status")


async def test_the_list_of_slash_commands_holds_all_of_them_and_forgives_a_slip(stage: _Stage) -> None:
    names = sorted(command["name"] for command in json.loads(_SLASH.read_text()))
    async with stage.page("member") as page:
        box = page.get_by_label("Message", exact=True)
        options = page.get_by_role("listbox", name="Slash commands").get_by_role("option")
        await box.press_sequentially("/")
        await expect(options).to_have_count(len(names))
        await box.press("ArrowUp")
        await expect(options.last).to_have_attribute("aria-selected", "true")
        await expect(options.last).to_be_in_viewport()
        for slip, meant in (("hlp", "/help"), ("stauts", "/status"), ("8bal", "/8ball")):
            await box.fill(f"/{slip}")
            await expect(options.first).to_contain_text(meant)
        # The bot itself answers a slip after the prefix, so Enter sends that one as it stands.
        await _type(page, "!pnig")
        await expect(page.locator(".message", has_text="!pnig").first).to_be_visible()
