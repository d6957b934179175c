"""Announcements of the log for screen readers."""

import discord
import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_bot import Stage, stop_clock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def _channel(stage: Stage) -> discord.TextChannel:
    channel = stage.bot.get_channel(stage.sandbox.channel("general"))
    assert isinstance(channel, discord.TextChannel)
    return channel


async def _settle(page: Page) -> None:
    """Waits until the history is loaded, which is not announced."""
    await expect(page.locator("#log .message, #log .welcome").first).to_be_visible()


async def _freeze(page: Page) -> None:
    await page.clock.install()
    await page.reload()
    await _settle(page)
    await stop_clock(page)


async def test_a_new_message_is_announced_with_its_author(stage: Stage) -> None:
    async with stage.page() as page:
        await _settle(page)
        embed = discord.Embed(title="Weather", description="<t:0:D>").add_field(name="Wind", value="**calm**")
        await _channel(stage).send("Listen", embed=embed)
        heard = page.locator("#announcer p").last
        await expect(heard).to_have_text("Helix: Listen. Weather. January 1, 1970. Wind. calm")


async def test_a_progress_bar_is_announced_at_its_start_and_when_it_rests(stage: Stage) -> None:
    async with stage.page(has_clock=True) as page:
        await _freeze(page)
        heard = page.locator("#announcer p")
        message = await _channel(stage).send("progress 0 %")
        await expect(heard).to_have_text(["Helix: progress 0 %"])
        for words in ("progress 50 %", "progress 100 %"):
            await message.edit(content=words)
            await expect(page.locator(".message", has_text=words)).to_be_visible()
            await page.clock.run_for(2000)
        await expect(heard).to_have_text(["Helix: progress 0 %"])
        await page.clock.run_for(1000)
        await expect(heard).to_have_text(["Helix: progress 0 %", "Helix: progress 100 %"])


async def test_a_deferred_answer_is_announced_when_it_comes(stage: Stage) -> None:
    stage.bot.release.clear()
    async with stage.page(has_clock=True) as page:
        await _freeze(page)
        await page.get_by_label("Message", exact=True).fill("/later")
        await page.get_by_label("Message", exact=True).press("Enter")
        await expect(page.locator(".thinking")).to_have_count(1)
        stage.bot.release.set()
        await expect(page.locator("#announcer p")).to_have_text(["Helix: at last"])


async def test_neither_reactions_nor_own_words_nor_another_channel_are_announced(stage: Stage) -> None:
    async with stage.page(has_clock=True) as page:
        await _freeze(page)
        message = await _channel(stage).send("react quietly")
        await expect(page.locator("#announcer p")).to_have_count(1)
        await message.add_reaction("🎉")
        await expect(page.locator(".reaction").last).to_be_visible()
        await page.get_by_label("Message", exact=True).fill("my own words")
        await page.get_by_label("Message", exact=True).press("Enter")
        await expect(page.locator(".message", has_text="my own words")).to_be_visible()
        await page.get_by_role("button", name="alerts").click()
        await page.get_by_role("button", name="general").click()
        await expect(page.locator(".message", has_text="my own words")).to_be_visible()
        await page.clock.run_for(5000)
        await expect(page.locator("#announcer p")).to_have_text(["Helix: react quietly"])
        await expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
