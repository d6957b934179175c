"""The chat page: messages of webhooks are shown with the webhook's name."""

import discord
import pytest
from playwright.async_api import expect

from sandbox.cdn import flat_png
from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_webhooks_messages_bear_its_name_and_picture_or_those_of_each(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.sandbox.channel("telemetry"))
    assert isinstance(channel, discord.TextChannel)
    webhook = await channel.create_webhook(name="Herald", avatar=flat_png(0x1C7156, 32))
    try:
        async with stage.page(channel="telemetry") as page:
            await webhook.send("hear ye", embed=discord.Embed(title="News"))
            herald = page.locator(".message", has_text="hear ye")
            await expect(herald.locator(".message-head .author")).to_have_text("Herald")
            await expect(herald.locator(".tag")).to_have_text("webhook")
            await expect(herald).to_contain_text("News")
            await page.wait_for_function("document.querySelector('.message img.avatar').naturalWidth === 32")
            sent = await webhook.send("as another", username="Mercury", wait=True)
            mercury = page.locator(f"#message-{sent.id}")
            await expect(mercury.locator(".message-head .author")).to_have_text("Mercury")
            await expect(herald.locator(".message-head .author")).to_have_text("Herald")
            await sent.edit(content="changed my mind")
            await expect(mercury).to_contain_text("changed my mind")
            await expect(mercury.locator(".message-head .author")).to_have_text("Mercury")
            await mercury.hover()
            await mercury.get_by_role("button", name="Reply").click()
            await expect(page.locator("#mode")).to_contain_text("Mercury")
            await page.get_by_label("Message", exact=True).fill("well said")
            await page.get_by_label("Message", exact=True).press("Enter")
            answer = page.locator(".message", has_text="well said")
            await expect(answer.locator(".jump")).to_contain_text("Mercury")
            await sent.delete()
            await expect(mercury).to_have_count(0)
    finally:
        await webhook.delete()
        await channel.purge(limit=None)
