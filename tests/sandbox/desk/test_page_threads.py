"""The chat page: starting, reading, writing in, leaving and archiving threads, and commands in them."""

import discord
import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _send(page: Page, text: str) -> None:
    box = page.get_by_label("Message", exact=True)
    await box.fill(text)
    await box.press("Enter")


def _general(stage: Stage) -> discord.TextChannel:
    channel = stage.bot.get_channel(stage.sandbox.channel("general"))
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_a_thread_is_started_from_a_message_and_the_bot_answers_in_it(stage: Stage) -> None:
    async with stage.page("member") as page, stage.page("admin") as other:
        await _send(page, "what about the tides?")
        message = page.locator(".message", has_text="what about the tides?")
        await message.hover()
        await message.get_by_role("button", name="Start a thread").click()
        panel = page.get_by_role("region", name="Threads", exact=True)
        await expect(panel).to_contain_text("About: what about the tides?")
        await expect(panel.get_by_label("Name of a new thread")).to_be_focused()
        await page.keyboard.type("Tides")
        await page.keyboard.press("Enter")
        await expect(page.locator("#channel-title")).to_have_text("Tides")
        await expect(page.locator("#channel-place")).to_have_text("Helix Home · #general")
        await expect(page.locator(".is-notice")).to_contain_text("wrote the first message of this thread")
        await _send(page, "!ping in here")
        await expect(page.locator(".message", has_text="pong in here")).to_be_visible()
        await _send(page, "/agents")
        await expect(page.locator(".message", has_text="agents of all")).to_be_visible()
        link = other.locator(".message", has_text="what about the tides?").locator(".thread-link")
        await link.click()
        await expect(other.locator(".message", has_text="pong in here")).to_be_visible()
        await _send(other, "I see you")
        await expect(page.locator(".message", has_text="I see you")).to_be_visible()
        await page.locator(".is-notice").get_by_role("button").click()
        await expect(page.locator("#channel-title")).to_have_text("general")
        await expect(message).to_be_focused()


async def test_a_thread_without_a_message_is_started_by_keyboard_archived_and_brought_back(
    stage: Stage,
) -> None:
    async with stage.page("member") as page:
        await page.get_by_role("button", name="Threads").press("Enter")
        field = page.get_by_label("Name of a new thread")
        await field.press("Enter")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await field.fill("Loose ends")
        await field.press("Enter")
        await expect(page.locator("#channel-title")).to_have_text("Loose ends")
        await expect(page.get_by_role("list", name="Threads of general")).to_contain_text("Loose ends")
        await page.get_by_role("button", name="Threads").press("Enter")
        await page.get_by_role("button", name="Archive the thread").press("Enter")
        await expect(page.locator("#channel-topic")).to_have_text("Archived: a new message reopens it")
        await _send(page, "not so fast")
        await expect(page.locator("#channel-topic")).to_have_text("")
        await page.get_by_role("button", name="Threads").click()
        await page.get_by_role("button", name="Leave the thread").click()
        await page.get_by_role("button", name="Threads").click()
        await expect(page.get_by_role("button", name="Join the thread")).to_be_visible()
        await page.get_by_role("button", name="Back to #general").click()
        notice = page.locator(".is-notice", has_text="started the thread Loose ends")
        await notice.get_by_role("button").click()
        await expect(page.locator("#channel-title")).to_have_text("Loose ends")
        await page.reload()
        await expect(page.locator("#channel-title")).to_have_text("Loose ends")


async def test_a_thread_of_the_bot_comes_and_goes_live_and_a_private_one_is_hidden(stage: Stage) -> None:
    channel = _general(stage)
    async with stage.page("member") as page:
        listed = page.get_by_role("list", name="Threads of general")
        thread = await channel.create_thread(name="From the bot", type=discord.ChannelType.public_thread)
        await expect(listed).to_contain_text("From the bot")
        secret = await channel.create_thread(name="Not for you")
        await thread.edit(name="Renamed by the bot")
        await expect(listed).to_contain_text("Renamed by the bot")
        await expect(listed).not_to_contain_text("Not for you")
        await secret.add_user(discord.Object(stage.sandbox.users["member"]))
        await expect(listed).to_contain_text("Not for you")
        await thread.edit(archived=True)
        await secret.edit(archived=True)
        await expect(listed.get_by_text("Renamed by the bot")).to_have_count(0)
        await page.get_by_role("button", name="Threads").click()
        panel = page.get_by_role("region", name="Threads", exact=True)
        await expect(panel.get_by_role("button", name="Not for you")).to_contain_text("private, archived")


async def test_a_new_name_is_told_in_the_thread(stage: Stage) -> None:
    thread = await _general(stage).create_thread(name="Draft", type=discord.ChannelType.public_thread)
    await thread.edit(name="Final")
    async with stage.page("member") as page:
        await page.get_by_role("list", name="Threads of general").get_by_text("Final").click()
        await expect(page.locator(".is-notice")).to_contain_text("changed the name to Final")
    await thread.edit(archived=True)


async def test_a_private_thread_is_for_those_whom_one_mentions(stage: Stage) -> None:
    async with stage.page("member") as page, stage.page("mod") as other:
        await page.get_by_role("button", name="Threads").click()
        await page.get_by_label("Name of a new thread").fill("Between us")
        await page.get_by_label("Private: only for people you mention in it").check()
        await page.get_by_role("button", name="Start thread").click()
        await expect(page.locator("#channel-title")).to_have_text("Between us")
        admin = stage.sandbox.users["admin"]
        async with stage.page("admin") as third:
            # Who manages threads sees private ones uninvited; anybody else only once they are named.
            await expect(other.get_by_role("list", name="Threads of general")).to_contain_text("Between us")
            await _send(page, f"<@{admin}> have a look")
            place = third.get_by_role("button", name="Between us private thread")
            await place.click()
            await expect(third.locator(".message.is-mention", has_text="have a look")).to_be_visible()


async def test_a_direct_message_has_no_threads(stage: Stage) -> None:
    async with stage.page("member") as page:
        await page.locator("[aria-label='Direct messages'] .place").click()
        await expect(page.get_by_role("button", name="Threads")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_threads_fit(stage: Stage, width: int) -> None:
    channel = _general(stage)
    message = await channel.send("a long story")
    thread = await message.create_thread(name=f"{width}" + "y" * 97)
    try:
        async with stage.page(width=width, height=844) as page:
            await expect(page.locator(f"#message-{message.id} .thread-link")).to_be_visible()
            await page.get_by_role("button", name="Threads").click()
            box = await page.locator("#threads").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
            await page.locator("#threads").get_by_role("button", name=f"{width}" + "y" * 97).click()
            await expect(page.locator("#channel-title")).to_have_text(f"{width}" + "y" * 97)
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    finally:
        await thread.edit(archived=True)
