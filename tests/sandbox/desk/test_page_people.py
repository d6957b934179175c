"""The chat page as several people use it: identities, edits, reactions, direct messages, files."""

import discord
import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from sandbox.cdn import flat_png
from tests.sandbox.page_bot import NONSENSE, Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


async def _send(page: Page, text: str) -> Locator:
    box = page.get_by_label("Message", exact=True)
    await box.fill(text)
    await box.press("Enter")
    message = page.locator(".message", has_text=text).last
    await expect(message).to_be_visible()
    return message


async def _become(page: Page, name: str) -> None:
    await page.locator("#identity").click()
    await page.locator(f"#identity-menu [data-identity='{name}']").click()


async def test_switching_the_identity_changes_author_and_address(stage: Stage) -> None:
    async with stage.page() as page:
        await _become(page, "member")
        await expect(page.locator("#identity")).to_contain_text("Mika")
        message = await _send(page, "said as member")
        await expect(message.locator(".author")).to_have_text("Mika (member)")
        await page.reload()
        await expect(page.locator("#identity")).to_contain_text("Mika")


async def test_another_servers_admin_sees_only_that_server(stage: Stage) -> None:
    async with stage.page() as page:
        await _become(page, "visitor-admin")
        places = page.get_by_role("navigation", name="Servers and channels")
        await expect(places.get_by_role("region", name="Another Server")).to_be_visible()
        await expect(places.get_by_role("region", name="Helix Home")).to_have_count(0)
        await expect(page.locator("#channel-place")).to_have_text("Another Server")


async def test_a_newcomer_joins_a_server_and_leaves_it(stage: Stage) -> None:
    async with stage.page() as page:
        await _become(page, "newcomer")
        places = page.get_by_role("navigation", name="Servers and channels")
        await expect(places).to_contain_text("You are not in a server yet")
        await page.locator("#identity").click()
        await page.locator("#identity-menu").get_by_role("button", name="Join Helix Home").click()
        await expect(places.get_by_role("region", name="Helix Home")).to_be_visible()
        await expect(page.locator("#channel-title")).to_have_text("general")
        await page.locator("#identity").click()
        await page.get_by_role("button", name="Leave Helix Home").click()
        await expect(places).to_contain_text("You are not in a server yet")


async def test_a_newcomer_joins_from_the_list_of_places(stage: Stage) -> None:
    async with stage.page(width=390, height=844) as page:
        await page.get_by_role("button", name="Servers and channels").click()
        await _become(page, "newcomer")
        places = page.get_by_role("navigation", name="Servers and channels")
        await places.get_by_role("button", name="Join Another Server").click()
        await expect(page.locator("#channel-place")).to_have_text("Another Server")
        await expect(page.locator("#backdrop")).to_be_hidden()
        await page.get_by_role("button", name="Servers and channels").click()
        await expect(places.get_by_role("region", name="Another Server")).to_be_visible()
        await expect(places.get_by_role("region", name="Servers to join")).to_have_count(0)
        await page.locator("#identity").click()
        await page.get_by_role("button", name="Leave Another Server").click()
        await expect(places.get_by_role("region", name="Servers to join")).to_be_visible()


async def test_a_newcomer_in_a_direct_message_is_led_to_a_server(stage: Stage) -> None:
    async with stage.page("newcomer") as page:
        closed = page.locator("#closed")
        await expect(closed).to_contain_text("You share no server with Helix yet.")
        await expect(page.get_by_role("region", name="Start here")).not_to_contain_text("!status")
        await expect(page.get_by_label("Message", exact=True)).to_be_hidden()
        await closed.get_by_role("button", name="Join Helix Home").click()
        await expect(page.locator("#channel-title")).to_have_text("general")
        await _send(page, "here at last")
        await page.locator("#identity").click()
        await page.get_by_role("button", name="Leave Helix Home").click()
        # The direct message was opened meanwhile, and nobody may write in it again.
        await expect(closed).to_contain_text("You share no server with Helix yet.")


async def test_a_channel_to_be_read_has_no_message_box_and_leads_to_one_that_has(stage: Stage) -> None:
    home = stage.bot.get_guild(stage.sandbox.home_guild_id)
    assert home is not None
    alerts = discord.utils.get(home.text_channels, name="alerts")
    assert alerts is not None
    async with stage.page("member", "alerts") as page:
        box, closed = page.get_by_label("Message", exact=True), page.locator("#closed")
        await expect(closed).to_contain_text("You do not have permission to send messages in this channel.")
        await expect(box).to_be_hidden()
        await page.get_by_role("region", name="Start here").get_by_role("button", name="!help").click()
        await expect(page.locator("#channel-title")).to_have_text("bot-commands")
        await expect(box).to_have_value("!help")
        await page.locator("#places").get_by_role("button", name="alerts").click()
        message = await alerts.send("something needs attention")
        shown = page.locator(f"#message-{message.id}")
        await shown.hover()
        await expect(shown.get_by_role("button", name="Add reaction")).to_be_visible()
        await expect(shown.get_by_role("button", name="Reply")).to_have_count(0)
        try:
            await alerts.set_permissions(home.default_role, send_messages=True)
            await expect(box).to_be_visible()
            await shown.hover()
            await expect(shown.get_by_role("button", name="Reply")).to_be_visible()
        finally:
            await alerts.set_permissions(home.default_role, send_messages=False)
            await message.delete()
        await expect(closed.get_by_role("button", name="Go to #bot-commands")).to_be_visible()


async def test_a_profile_shows_who_somebody_is_and_follows_their_roles(stage: Stage) -> None:
    home = stage.bot.get_guild(stage.sandbox.home_guild_id)
    assert home is not None
    member = home.get_member(stage.sandbox.users["mod"])
    assert member is not None
    async with stage.page() as page:
        members = page.get_by_role("complementary", name="Members")
        await members.get_by_role("button", name="Mona").click()
        profile = page.get_by_role("dialog", name="About Mona (moderator)")
        await expect(profile).to_contain_text("@mona")
        roles = profile.get_by_role("region", name="Roles").get_by_role("listitem")
        await expect(roles).to_have_text(["Mod", "Member"])
        colour = "(node) => getComputedStyle(node).backgroundColor"
        assert await roles.first.locator(".role-dot").evaluate(colour) == "rgb(46, 204, 113)"
        role = await home.create_role(name="Coherence Keeper", colour=discord.Colour(0x3366CC))
        await member.add_roles(role)
        await expect(roles).to_have_text(["Mod", "Member", "Coherence Keeper"])
        await role.delete()
        await expect(roles).to_have_text(["Mod", "Member"])
        await page.keyboard.press("Escape")
        await expect(profile).to_be_hidden()
        await expect(members.get_by_role("button", name="Mona")).to_be_focused()


async def test_the_author_of_a_message_can_be_looked_at_and_acted_as(stage: Stage) -> None:
    async with stage.page("member") as page, stage.page("admin") as other:
        await _send(other, "who am I")
        message = page.locator(".message", has_text="who am I")
        await message.get_by_role("button", name="Adam (admin)").click()
        profile = page.get_by_role("dialog", name="About Adam (admin)")
        await profile.get_by_role("button", name="Act as Adam (admin)").click()
        await expect(page.locator("#identity")).to_contain_text("Adam")
        await expect(profile).to_be_hidden()


async def test_a_hoisted_role_of_the_bot_gets_a_group_of_its_own(stage: Stage) -> None:
    home = stage.bot.get_guild(stage.sandbox.home_guild_id)
    assert home is not None
    role = await home.create_role(name="Wardens", hoist=True, colour=discord.Colour(0x3366CC))
    try:
        async with stage.page() as page:
            member = home.get_member(stage.sandbox.users["member"])
            assert member is not None
            await member.add_roles(role)
            group = page.locator(".member-group", has_text="Wardens · 1")
            await expect(group).to_contain_text("Mika")
    finally:
        await role.delete()


async def test_the_member_list_groups_people_by_role(stage: Stage) -> None:
    async with stage.page() as page:
        members = page.get_by_role("complementary", name="Members")
        await expect(members.locator(".member-group", has_text="Admin").first).to_contain_text("Adam")
        await expect(members).to_contain_text("Olive (owner)")
        await expect(members).to_contain_text("server owner")
        await expect(members.locator(".member", has_text="Helix").last.locator(".tag")).to_have_text("bot")


async def test_a_reaction_is_added_joined_and_taken_back(stage: Stage) -> None:
    async with stage.page() as page, stage.page("member") as other:
        message = await _send(page, "react to this")
        await message.hover()
        await message.get_by_role("button", name="Add reaction").click()
        await page.get_by_role("option", name="party").click()
        mine = message.get_by_role("button", name="🎉, 1")
        await expect(mine).to_have_attribute("aria-pressed", "true")
        theirs = other.locator(".message", has_text="react to this").locator(".reaction")
        await expect(theirs).to_have_attribute("aria-pressed", "false")
        await theirs.click()
        await expect(message.get_by_role("button", name="🎉, 2")).to_be_visible()
        await theirs.click()
        await mine.click()
        await expect(message.locator(".reaction")).to_have_count(0)


async def test_arrow_up_edits_the_last_own_message(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "with a tpyo")
        box = page.get_by_label("Message", exact=True)
        await box.press("ArrowUp")
        await expect(box).to_have_value("with a tpyo")
        await expect(page.locator("#mode")).to_contain_text("Editing your message")
        await box.fill("without a typo")
        await box.press("Enter")
        await expect(page.locator(".message", has_text="without a typo")).to_contain_text("(edited)")
        await expect(page.locator(".message", has_text="tpyo")).to_have_count(0)


async def test_escape_leaves_an_edit_and_clears_the_box(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "left alone")
        box = page.get_by_label("Message", exact=True)
        await box.press("ArrowUp")
        await box.press("Escape")
        await expect(box).to_have_value("")
        await expect(page.locator("#mode")).to_be_hidden()


async def test_a_message_is_deleted_for_everyone(stage: Stage) -> None:
    async with stage.page("member") as page, stage.page("admin") as other:
        message = await _send(page, "soon gone")
        await expect(other.locator(".message", has_text="soon gone")).to_be_visible()
        await message.hover()
        await message.get_by_role("button", name="Delete").click()
        await expect(message).to_have_count(0)
        await expect(other.locator(".message", has_text="soon gone")).to_have_count(0)


async def test_a_reply_shows_and_finds_what_it_answers(stage: Stage) -> None:
    async with stage.page() as page:
        question = await _send(page, "a question")
        await question.hover()
        await question.get_by_role("button", name="Reply").click()
        await expect(page.locator("#mode")).to_contain_text("Replying to Olive (owner)")
        await page.get_by_label("Message", exact=True).press_sequentially("its solution")
        await page.get_by_label("Message", exact=True).press("Enter")
        answer = page.locator(".message", has_text="its solution")
        await answer.get_by_role("button", name="In reply to Olive (owner)").click()
        await expect(page.locator(".message:not(:has(.jump))", has_text="a question")).to_be_focused()


async def test_a_slash_command_is_the_first_word_of_a_direct_message(stage: Stage) -> None:
    async with stage.page("mod") as page:
        await page.get_by_role("region", name="Direct messages").get_by_role("button").click()
        await expect(page.locator("#channel-place")).to_have_text("Direct message")
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("/")
        await expect(page.get_by_role("option", name="/agents")).to_be_visible()
        await expect(page.get_by_role("option", name="/census")).to_have_count(0)
        await box.press_sequentially("agents")
        await box.press("Enter")
        await expect(page.locator(".message", has_text="agents of all")).to_be_visible()
        await _send(page, "!ping between us")
        await expect(page.locator(".message", has_text="pong between us")).to_be_visible()


async def test_a_message_elsewhere_marks_its_channel_unread(stage: Stage) -> None:
    async with stage.page("admin", "general") as page, stage.page("member", "bot-commands") as other:
        await _send(other, "over here")
        await _send(other, "and here")
        place = page.get_by_role("button", name="bot-commands unread")
        await place.click()
        await expect(page.locator(".message", has_text="over here")).to_be_visible()
        await expect(place).to_have_count(0)
        line = page.get_by_role("separator", name="New", exact=True)
        await expect(page.locator(".new + .message")).to_contain_text("over here")
        await _send(page, "seen, thank you")
        await expect(line).to_have_count(0)


async def test_files_are_sent_with_a_message_and_shown(stage: Stage) -> None:
    async with stage.page() as page:
        await page.get_by_label("Files", exact=True).set_input_files(
            [
                FilePayload(name="dot.png", mimeType="image/png", buffer=_PIXEL),
                FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"some notes"),
            ]
        )
        await expect(page.locator("#tray")).to_contain_text("notes.txt")
        message = await _send(page, "two files")
        await expect(message.get_by_role("img", name="dot.png")).to_be_visible()
        await expect(message.get_by_role("link", name="notes.txt")).to_be_visible()
        await expect(page.locator("#tray")).to_be_hidden()
        loaded = "(node) => node.complete && node.naturalWidth === 1"
        assert await message.get_by_role("img", name="dot.png").evaluate(loaded)


async def test_a_large_picture_is_as_wide_as_a_phone_and_no_wider(stage: Stage) -> None:
    async with stage.page(width=390, height=844) as page:
        large = FilePayload(name="large.png", mimeType="image/png", buffer=flat_png(0x1C7156, 1200))
        await page.get_by_label("Files", exact=True).set_input_files([large])
        message = await _send(page, "a large picture")
        picture = message.get_by_role("img", name="large.png")
        await page.wait_for_function("document.querySelector('img[alt=\"large.png\"]').naturalWidth === 1200")
        box = await picture.bounding_box()
        assert box is not None
        assert box["width"] == pytest.approx(box["height"])
        assert 300 < box["width"] < 390
        assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_refused_message_is_explained_and_given_back(stage: Stage) -> None:
    async with stage.page("member") as page:
        box = page.get_by_label("Message", exact=True)
        await box.fill("x" * 2001)
        await box.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("2000")
        await expect(box).to_have_value("x" * 2001)


async def test_nonsense_of_people_and_bots_stays_text(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, f"mine {NONSENSE}")
        await page.get_by_label("Message", exact=True).fill("!nonsense")
        await page.get_by_label("Message", exact=True).press("Enter")
        embed = page.locator(".message .embed").last
        for part in (".embed-title", ".embed-author", "dt", "dd", ".embed-footer"):
            await expect(embed.locator(part)).to_have_text(NONSENSE)
        await expect(embed.locator(".embed-text")).to_contain_text("[click](javascript:alert(1))")
        await expect(
            page.locator("#log img[src='x'], #log script, #log a[href^='javascript']")
        ).to_have_count(0)
        assert await page.evaluate("window.pwned") is None


async def test_nonsense_in_the_name_of_a_file_stays_text(stage: Stage) -> None:
    async with stage.page() as page:
        name = "<b onclick=window.pwned=1>.txt"
        await page.get_by_label("Files", exact=True).set_input_files(
            [FilePayload(name=name, mimeType="text/html", buffer=b"<script>window.pwned=1</script>")]
        )
        message = await _send(page, "a strange file")
        await expect(message.locator(".file")).to_be_visible()
        await expect(message.locator(".file b")).to_have_count(0)
        assert await page.evaluate("window.pwned") is None
