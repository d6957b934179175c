"""The chat page with a real bot behind it: writing, completing, choosing, reading."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _send(page: Page, text: str) -> None:
    box = page.get_by_label("Message", exact=True)
    await box.fill(text)
    await box.press("Enter")


async def _open_panel(page: Page, name: str) -> Locator:
    """Lets the bot send a panel; returns a locator that still finds it after edits."""
    await _send(page, f"!panel {name}")
    message = page.locator(".message", has_text=f"panel {name}").filter(has=page.locator(".embed"))
    return page.locator(f"#{await message.get_attribute('id')}")


async def test_a_message_gets_the_bots_reply(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "!ping first")
        reply = page.locator(".message", has_text="pong first")
        await expect(reply).to_contain_text("bot")
        await expect(reply.locator(".jump")).to_contain_text("!ping first")
        await expect(page.get_by_label("Message", exact=True)).to_have_value("")


async def test_an_empty_channel_says_what_to_type_and_puts_it_into_the_box(stage: Stage) -> None:
    async with stage.page(channel="telemetry") as page:
        welcome = page.get_by_role("region", name="Start here")
        await expect(welcome).to_contain_text("!status")
        await expect(welcome).to_contain_text("/agents")
        await welcome.get_by_role("button", name="!help").click()
        await expect(page.get_by_label("Message", exact=True)).to_have_value("!help")
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_prefix_commands_are_completed_by_keyboard(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("!pi")
        options = page.get_by_role("listbox", name="Commands").get_by_role("option")
        await expect(options).to_have_count(2)
        await expect(options.nth(0)).to_contain_text("!pick<thing>Picks something · admins")
        await expect(options.nth(0)).to_have_attribute("aria-selected", "true")
        await box.press("ArrowDown")
        await expect(box).to_have_attribute("aria-activedescendant", "completion-1")
        await box.press("Tab")
        await expect(box).to_have_value("!ping ")
        await expect(box).to_have_attribute("aria-expanded", "false")
        await box.press_sequentially("by keyboard")
        await box.press("Enter")
        await expect(page.locator(".message", has_text="pong by keyboard")).to_be_visible()


async def test_a_whole_name_is_sent_by_one_enter(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("!latency")
        await expect(page.get_by_role("option")).to_have_count(1)
        await box.press("Enter")
        await expect(box).to_have_value("")
        await expect(page.locator(".message", has_text="!latency")).to_be_visible()


async def test_escape_closes_the_list_and_keeps_the_text(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("!p")
        await expect(page.get_by_role("listbox")).to_be_visible()
        await box.press("Escape")
        await expect(page.get_by_role("listbox")).to_have_count(0)
        await expect(box).to_have_value("!p")


async def test_shift_enter_makes_a_line_and_enter_sends_both(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("upper line")
        await box.press("Shift+Enter")
        await box.press_sequentially("lower line")
        await box.press("Enter")
        message = page.locator(".message", has_text="upper line")
        await expect(message.locator("br")).to_have_count(1)
        await expect(message).to_contain_text("lower line")


async def test_a_slash_command_without_options_is_sent_by_enter(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "/agents")
        reply = page.locator(".message", has_text="agents of all").last
        await expect(reply).to_contain_text("Olive (owner) used /agents")
        await expect(page.locator(".waiting")).to_have_count(0)


async def test_a_slash_command_takes_a_choice_by_keyboard(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("/agents ")
        field = page.get_by_label("layer optional")
        await expect(field).to_be_focused()
        await field.press_sequentially("oper")
        await expect(page.get_by_role("option")).to_have_text(["Operational"])
        await field.press("Enter")
        await field.press("Enter")
        await expect(page.locator(".message", has_text="agents of Operational")).to_be_visible()
        await expect(box).to_be_focused()


async def test_a_slash_option_is_completed_by_the_bot(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("/age")
        await expect(page.get_by_role("option")).to_have_count(2)
        await box.press("Tab")
        field = page.get_by_label("name", exact=True)
        await expect(field).to_be_focused()
        await field.press_sequentially("ka")
        await expect(page.get_by_role("option")).to_have_text(["Kael", "Kavach"])
        await field.press("ArrowDown")
        await field.press("Tab")
        await expect(field).to_have_value("Kavach")
        await field.press("Tab")
        await page.get_by_label("days optional").fill("12")
        await page.get_by_label("days optional").press("Enter")
        await expect(page.locator(".message", has_text="agent Kavach over 12 days")).to_be_visible()


async def test_an_unknown_slash_command_is_not_sent_as_a_message(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "/nowhere")
        await expect(page.get_by_role("alert")).to_contain_text("There is no command /nowhere here.")
        await expect(page.get_by_label("Message", exact=True)).to_have_value("/nowhere")
        await expect(page.locator(".message", has_text="/nowhere")).to_have_count(0)


async def test_a_missing_or_wrong_option_is_pointed_at_and_not_sent(stage: Stage) -> None:
    async with stage.page() as page:
        await _send(page, "/agent")
        name = page.get_by_label("name", exact=True)
        await expect(name).to_be_focused()
        await page.get_by_role("button", name="Back to the message box").click()
        await _send(page, "/agent name:Oracle days:99")
        days = page.get_by_label("days optional")
        await expect(name).to_have_value("Oracle")
        await days.press("Enter")
        await expect(days).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_role("alert")).to_contain_text("days must be between 1 and 30.")
        await expect(page.locator(".message", has_text="agent Oracle")).to_have_count(0)


async def test_a_button_edits_its_message_and_keeps_the_focus(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "pressing")
        button = message.get_by_role("button", name="Press me")
        await button.focus()
        await button.press("Enter")
        await expect(message).to_contain_text("pressed by olive")
        await expect(message.get_by_role("button", name="Press me")).to_be_focused()
        await expect(message.get_by_role("button", name="Off")).to_be_disabled()


async def test_an_embed_shows_its_parts(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "an embed")
        embed = message.get_by_role("article", name="Embed: A card")
        await expect(embed.get_by_role("link", name="A card")).to_have_attribute(
            "href", "https://example.org/"
        )
        await expect(embed.locator("strong")).to_have_text("bold")
        await expect(embed.locator(".embed-field.is-inline dt")).to_have_text("Harmony")
        await expect(embed.locator("dd code")).to_have_text("42 ms")
        await expect(embed.locator(".embed-footer")).to_have_text("the foot")
        colour = "(node) => getComputedStyle(node).borderLeftColor"
        assert await embed.evaluate(colour) == "rgb(47, 158, 119)"


async def test_a_menu_is_chosen_from_by_keyboard(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "by keyboard")
        menu = message.get_by_role("button", name="Choose a layer")
        await menu.press("Enter")
        listbox = page.get_by_role("listbox", name="Choose a layer")
        await expect(listbox).to_be_focused()
        await expect(listbox.get_by_role("option")).to_have_count(3)
        await listbox.press("End")
        await listbox.press("Enter")
        await expect(message).to_contain_text("chosen Integration")
        await expect(menu).to_be_focused()


async def test_several_people_are_chosen_from_a_user_menu(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "people")
        await message.get_by_role("button", name="Choose people").click()
        listbox = page.get_by_role("listbox", name="Choose people")
        await listbox.get_by_role("option", name="Adam").click()
        await listbox.get_by_role("option", name="Mika").click()
        await page.get_by_role("button", name="Done").click()
        await expect(message).to_contain_text("people adam, mika")


async def test_a_menu_of_several_begins_with_what_is_chosen_and_asks_for_enough(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "agents")
        menu = message.get_by_role("button", name="Choose agents: Kael, Lumina")
        await menu.click()
        listbox = page.get_by_role("listbox", name="Choose agents")
        await expect(listbox.get_by_role("option", selected=True)).to_have_text(["Kael", "Lumina"])
        await listbox.get_by_role("option", name="Kael").click()
        done = page.get_by_role("button", name="Done")
        await expect(done).to_be_disabled()
        await expect(page.locator(".picker-hint")).to_have_text("Choose 2 to 3 · 1 chosen")
        for name in ("Kavach", "Oracle", "Kael"):
            await listbox.get_by_role("option", name=name).click()
        await expect(listbox.get_by_role("option", selected=True)).to_have_text(
            ["Lumina", "Kavach", "Oracle"]
        )
        await done.click()
        await expect(message).to_contain_text("agents Lumina, Kavach, Oracle")


async def test_a_menu_of_several_takes_its_choice_when_it_is_closed(stage: Stage) -> None:
    async with stage.page(channel="bot-commands") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if "/act/select" in request.url else None)
        message = await _open_panel(page, "closing")
        people = message.get_by_role("button", name="Choose people")
        await people.click()
        await page.get_by_role("option", name="Adam").click()
        await page.get_by_role("option", name="Mika").click()
        await page.keyboard.press("Escape")
        await expect(message).to_contain_text("people adam, mika")
        await expect(people).to_be_focused()
        await people.click()
        await page.keyboard.press("Escape")
        agents = message.get_by_role("button", name="Choose agents")
        await agents.click()
        await page.get_by_role("option", name="Kael").click()
        await page.keyboard.press("Escape")
        await agents.click()
        await page.get_by_role("option", name="Oracle").click()
        await page.locator("#channel-title").click()
        await expect(message).to_contain_text("agents Kael, Lumina, Oracle")
        assert len(sent) == 2, "an unchanged choice and too small a one send nothing"


async def test_a_button_that_gets_no_answer_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.sandbox.engine.interactions, "answer_s", 0.5)
    async with stage.page(channel="bot-commands") as page:
        message = await _open_panel(page, "silent")
        await message.get_by_role("button", name="Silent").click()
        await expect(message.get_by_role("button", name="Silent")).to_have_attribute("aria-busy", "true")
        await expect(message.locator(".failure")).to_contain_text("did not respond")
        await expect(message.get_by_role("button", name="Silent")).not_to_have_attribute("aria-busy", "true")


async def test_an_ephemeral_answer_is_seen_by_one_and_can_be_dismissed(stage: Stage) -> None:
    async with stage.page() as page, stage.page("member") as other:
        await _send(page, "/secret")
        whisper = page.locator(".message.is-ephemeral", has_text="a whisper")
        await expect(whisper).to_contain_text("Only you can see this")
        await _send(page, "said aloud")
        await expect(other.locator(".message", has_text="said aloud")).to_be_visible()
        await expect(other.locator(".message", has_text="a whisper")).to_have_count(0)
        await whisper.get_by_role("button", name="Dismiss").click()
        await expect(whisper).to_have_count(0)


async def test_a_deferred_answer_is_thinking_until_it_comes(stage: Stage) -> None:
    stage.bot.release.clear()
    async with stage.page() as page:
        await _send(page, "/later")
        await expect(page.locator(".thinking")).to_have_count(1)
        stage.bot.release.set()
        await expect(page.locator(".message", has_text="at last")).to_be_visible()
        await expect(page.locator(".thinking")).to_have_count(0)


async def test_a_slash_command_without_an_answer_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.sandbox.engine.interactions, "answer_s", 0.5)
    async with stage.page() as page:
        await _send(page, "/mute")
        failed = page.locator(".waiting.is-failed")
        await expect(failed).to_contain_text("The application did not respond")
        await failed.get_by_role("button", name="Dismiss").click()
        await expect(failed).to_have_count(0)


async def test_typing_is_shown_until_the_message_comes(stage: Stage) -> None:
    stage.bot.release.clear()
    async with stage.page() as page:
        await _send(page, "!typing")
        await expect(page.locator("#typing")).to_have_text("Helix is typing…")
        stage.bot.release.set()
        await expect(page.locator("#typing")).to_have_text("")
