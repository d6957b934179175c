"""The chat page while channels are created, changed and deleted: live, in order, and without hidden ones."""

import asyncio

import discord
import pytest
from playwright.async_api import Page, Route, expect

from sandbox.cdn import flat_png
from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CATEGORIES = 8
CHANNELS = 30


def _home(stage: Stage) -> discord.Guild:
    home = stage.bot.get_guild(stage.sandbox.home_guild_id)
    assert home is not None
    return home


async def _listed(page: Page) -> list[tuple[str, list[str]]]:
    """The current channel list of the home server: categories with their channels."""
    groups = page.get_by_role("region", name="Helix Home").get_by_role("group")
    return [
        (
            await group.get_attribute("aria-label") or "",
            await group.locator(".place > span:not(.sr-only)").all_text_contents(),
        )
        for group in await groups.all()
    ]


async def test_a_channel_never_shows_the_messages_of_the_one_before(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.fill("only for general")
        await box.press("Enter")
        here = page.locator(".message", has_text="only for general")
        await expect(here).to_be_visible()
        asked, answer = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            asked.set()
            await answer.wait()
            await route.continue_()

        await page.route("**/messages?*", hold)
        await page.locator("#places").get_by_role("button", name="bot-commands").click()
        await asked.wait()
        await expect(page.locator("#channel-title")).to_have_text("bot-commands")
        assert await page.locator(".message, .welcome").count() == 0
        answer.set()
        await expect(page.locator(".message, .welcome").first).to_be_visible()
        await page.locator("#places").get_by_role("button", name="general").click()
        await expect(here).to_be_visible()


async def test_a_mention_of_a_channel_just_made_gets_its_name(stage: Stage) -> None:
    home = _home(stage)
    general = discord.utils.get(home.text_channels, name="general")
    assert general is not None
    async with stage.page() as page:
        made = await home.create_text_channel("just made", topic=f"Like {general.mention}")
        try:
            message = await general.send(f"Go to {made.mention}")
            shown = page.locator(f"#message-{message.id}")
            await shown.get_by_role("button", name="#just-made").click()
            await expect(page.locator("#channel-topic")).to_have_text("Like #general")
            await expect(page.get_by_role("region", name="Start here")).to_contain_text("Like #general")
        finally:
            await made.delete()


async def test_a_preview_keeps_what_marks_nothing(stage: Stage) -> None:
    home = _home(stage)
    general = discord.utils.get(home.text_channels, name="general")
    assert general is not None
    async with stage.page() as page:
        said = await general.send("response_caching at 6 * * * of **bold** and *slanted* `code`")
        reply = await said.reply("so it is")
        preview = page.locator(f"#message-{reply.id} .jump")
        await expect(preview).to_contain_text("response_caching at 6 * * * of bold and slanted code")


async def test_thirty_eight_channels_appear_without_a_reload_in_order(stage: Stage) -> None:
    home = _home(stage)
    made: list[discord.abc.GuildChannel] = []
    wanted: list[tuple[str, list[str]]] = []
    async with stage.page() as page, stage.page("member") as other:
        before = await _listed(page)
        try:
            for number in range(CATEGORIES):
                private: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {
                    home.default_role: discord.PermissionOverwrite(view_channel=False),
                    home.me: discord.PermissionOverwrite(view_channel=True),
                }
                category = await home.create_category(
                    f"Part {number}", overwrites=private if number == CATEGORIES - 1 else {}
                )
                made.append(category)
                wanted.append((category.name, []))
            for number in range(CHANNELS):
                parent = made[number % CATEGORIES]
                assert isinstance(parent, discord.CategoryChannel)
                made.append(await parent.create_text_channel(f"room {number}"))
                wanted[number % CATEGORIES][1].append(f"room-{number}")
            last = page.get_by_role("button", name=f"room-{CHANNELS - 1}")
            await expect(last).to_have_count(1)

            assert await _listed(page) == before + wanted
            await expect(other.get_by_role("button", name=f"room-{CHANNELS - 1}")).to_have_count(1)
            assert await _listed(other) == before + wanted[:-1], "the private part is not shown to a member"
        finally:
            for channel in reversed(made):
                await channel.delete()
        await expect(page.get_by_role("group", name="Part 0")).to_have_count(0)
        assert await _listed(page) == before


async def test_a_renamed_channel_stays_open_and_a_hidden_one_closes(stage: Stage) -> None:
    home = _home(stage)
    channel = await home.create_text_channel("hall", topic="first topic")
    try:
        async with stage.page("member", "hall") as page:
            await expect(page.locator("#channel-title")).to_have_text("hall")
            await channel.edit(name="great hall", topic="another topic")
            await expect(page.locator("#channel-title")).to_have_text("great-hall")
            await expect(page.locator("#channel-topic")).to_have_text("another topic")
            assert "channel=great-hall" in page.url
            await channel.set_permissions(home.me, view_channel=True)
            await channel.set_permissions(home.default_role, view_channel=False)
            await expect(page.get_by_role("button", name="great-hall")).to_have_count(0)
            await expect(page.locator("#channel-title")).to_have_text("bot-commands")
    finally:
        await channel.delete()


async def test_a_deleted_channel_is_left_for_another(stage: Stage) -> None:
    channel = await _home(stage).create_text_channel("soon-gone")
    async with stage.page(channel="soon-gone") as page:
        await expect(page.locator("#channel-title")).to_have_text("soon-gone")
        await channel.delete()
        await expect(page.locator("#channel-title")).to_have_text("bot-commands")
        await expect(page.get_by_role("button", name="soon-gone")).to_have_count(0)
        box = page.get_by_label("Message", exact=True)
        await box.fill("!ping moved on")
        await box.press("Enter")
        await expect(page.locator(".message", has_text="pong moved on")).to_be_visible()


async def test_a_servers_icon_and_name_change_without_a_reload(stage: Stage) -> None:
    home = _home(stage)
    async with stage.page() as page:
        mark = page.locator(".server h2", has_text="Helix Home").locator(".server-mark")
        await expect(mark).to_have_text("HH")
        try:
            await home.edit(icon=flat_png(0x1C7156, 64))
            picture = page.locator(".server h2 img.server-mark")
            await expect(picture).to_be_visible()
            await page.wait_for_function("document.querySelector('.server h2 img').naturalWidth === 64")
            await home.edit(name="Helix House")
            await expect(page.locator("#channel-place")).to_have_text("Helix House")
        finally:
            await home.edit(name="Helix Home", icon=None)
        await expect(mark).to_have_text("HH")


async def test_a_private_channel_is_marked_with_a_lock(stage: Stage) -> None:
    home = _home(stage)
    channel = await home.create_text_channel("council")
    try:
        async with stage.page() as page:
            place = page.get_by_role("button", name="council")
            await expect(place).to_be_visible()
            open_mark = await place.locator("path").get_attribute("d")
            await channel.set_permissions(home.me, view_channel=True)
            await channel.set_permissions(home.default_role, view_channel=False)
            await expect(place.locator("path")).not_to_have_attribute("d", open_mark or "")
            await expect(place).to_contain_text("private")
    finally:
        await channel.delete()
