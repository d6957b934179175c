"""The chat page: pinned messages, and bulk deletion."""

import discord
import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def _channel(stage: Stage, name: str = "general") -> discord.TextChannel:
    channel = stage.bot.get_channel(stage.sandbox.channel(name))
    assert isinstance(channel, discord.TextChannel)
    return channel


async def _clear(channel: discord.TextChannel) -> None:
    async for message in channel.pins(limit=None):
        await message.unpin()


async def _open_pins(page: Page) -> None:
    await page.get_by_role("button", name="Pinned messages").click()
    await expect(page.get_by_role("region", name="Pinned messages")).to_be_visible()


async def test_what_the_bot_pins_is_marked_said_and_listed(stage: Stage) -> None:
    channel = _channel(stage)
    async with stage.page() as page:
        embed = discord.Embed(title="The manifesto", description="**Kindness** first")
        message = await channel.send("read this", embed=embed)
        await message.pin()
        marked = page.locator(f"#message-{message.id}")
        await expect(marked.locator(".pin-mark")).to_be_visible()
        notice = page.locator(".message.is-notice", has_text="Helix pinned a message").last
        await expect(notice).to_be_visible()
        await _open_pins(page)
        pinned = page.locator(".pinned", has_text="read this")
        await expect(pinned).to_contain_text("The manifesto")
        await message.unpin()
        await expect(pinned).to_have_count(0)
        await expect(page.locator("#pins")).to_contain_text("No pinned messages")
        await expect(marked.locator(".pin-mark")).to_have_count(0)


async def test_a_person_pins_and_unpins_by_keyboard(stage: Stage) -> None:
    channel = _channel(stage)
    async with stage.page("mod") as page:
        box = page.get_by_label("Message", exact=True)
        await box.fill("to be kept by hand")
        await box.press("Enter")
        message = page.locator(".message", has_text="to be kept by hand")
        await message.focus()
        pin = message.get_by_role("button", name="Pin", exact=True)
        await pin.focus()
        await page.keyboard.press("Enter")
        await expect(message.get_by_role("button", name="Unpin")).to_be_focused()
        await page.get_by_role("button", name="Pinned messages").press("Enter")
        row = page.locator(".pinned", has_text="to be kept by hand")
        await row.get_by_role("button", name="Go to the message of Mona (moderator)").press("Enter")
        await expect(message).to_be_focused()
        await page.get_by_role("button", name="Pinned messages").press("Enter")
        await row.get_by_role("button", name="Unpin the message of").press("Enter")
        await expect(row).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(page.locator("#pins")).to_be_hidden()
    assert [m async for m in channel.pins()] == []


async def test_without_permission_no_pin_button_is_shown(stage: Stage) -> None:
    async with stage.page("member") as page:
        box = page.get_by_label("Message", exact=True)
        await box.fill("just a remark")
        await box.press("Enter")
        message = page.locator(".message", has_text="just a remark")
        await message.hover()
        await expect(message.get_by_role("button", name="Edit")).to_be_visible()
        await expect(message.get_by_role("button", name="Pin", exact=True)).to_have_count(0)


async def test_a_pin_that_is_far_up_is_fetched_and_gone_to(stage: Stage) -> None:
    channel = _channel(stage, "telemetry")
    kept = await channel.send("far up")
    await kept.pin()
    owner = stage.sandbox.users["owner"]
    for number in range(120):
        await stage.sandbox.act.message(user=owner, channel=channel.id, content=f"filler {number}")
    try:
        async with stage.page(channel="telemetry") as page:
            await expect(page.locator(".message", has_text="filler 119")).to_be_visible()
            await expect(page.locator(f"#message-{kept.id}")).to_have_count(0)
            await _open_pins(page)
            await page.get_by_role("button", name="Go to the message of").click()
            await expect(page.locator(f"#message-{kept.id}")).to_be_in_viewport()
    finally:
        await channel.purge(limit=None)


async def test_messages_deleted_in_bulk_leave_the_page_at_once(stage: Stage) -> None:
    channel = _channel(stage, "alerts")
    sent = [await channel.send(f"passing {number}") for number in range(12)]
    async with stage.page(channel="alerts") as page:
        await expect(page.locator(".message", has_text="passing")).to_have_count(12)
        await channel.delete_messages(sent[:11])
        await expect(page.locator(".message", has_text="passing")).to_have_count(1)
        await sent[11].delete()
        await expect(page.get_by_role("region", name="Start here")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_the_pins_fit(stage: Stage, width: int) -> None:
    channel = _channel(stage)
    message = await channel.send("x" * 300, embed=discord.Embed(title="wide " * 30))
    await message.pin()
    try:
        async with stage.page(width=width, height=844) as page:
            await _open_pins(page)
            await expect(page.locator(".pinned")).to_be_visible()
            box = await page.locator("#pins").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
            assert (
                await page.evaluate("(n => n.scrollWidth - n.clientWidth)(document.querySelector('#pins'))")
                <= 0
            )
    finally:
        await _clear(channel)
