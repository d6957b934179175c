"""The chat page's frame: connections that break, small screens, colours, reach."""

import pytest
from playwright.async_api import WebSocketRoute, expect
from yarl import URL

from sandbox import start_sandbox
from tests.sandbox.page_bot import Stage, stop_clock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_SMALL = """() => [...document.querySelectorAll("button, a[href], input, textarea")]
    .filter((node) => node.checkVisibility() && !node.closest("[inert], .message-text, .embed, .skip"))
    .filter((node) => node.getBoundingClientRect().height < 40)
    .map((node) => node.outerHTML)"""


async def test_the_bot_answers_again_after_its_gateway_was_dropped(stage: Stage) -> None:
    async with stage.page() as page:
        stage.bot.resumed.clear()
        await page.get_by_role("button", name="Test controls").click()
        await page.get_by_role("button", name="Drop the connection").click()
        await expect(page.get_by_role("alert")).to_contain_text("Done: drop the connection.")
        box = page.get_by_label("Message", exact=True)
        await box.fill("!ping after the drop")
        await box.press("Enter")
        await expect(page.locator(".message", has_text="pong after the drop")).to_have_count(
            1, timeout=15_000
        )
        assert stage.bot.resumed.is_set()
        await expect(page.locator("#bot-state")).to_have_text("Bot online")


async def test_the_page_says_when_it_is_cut_off_and_fetches_what_it_missed(stage: Stage) -> None:
    async with stage.page(has_clock=True) as page, stage.page("member") as other:
        lines: list[WebSocketRoute] = []
        cut = False

        async def pass_through(line: WebSocketRoute) -> None:
            if cut:
                await line.close()
                return
            lines.append(line)
            line.connect_to_server()

        await page.route_web_socket("**/sandbox/events*", pass_through)
        await page.clock.install()
        await page.reload()
        await expect(page.locator("#bot-state")).to_have_text("Bot online")
        cut = True
        await lines[-1].close()
        banner = page.locator("#banner")
        await expect(banner).to_contain_text("Disconnected from the sandbox")
        await expect(page.locator("#bot-state")).to_have_text("No connection")
        box = other.get_by_label("Message", exact=True)
        await box.fill("said meanwhile")
        await box.press("Enter")
        await expect(other.locator(".message", has_text="said meanwhile")).to_be_visible()
        # Or the page would be back by itself before the button is pressed.
        await stop_clock(page)
        cut = False
        await banner.get_by_role("button", name="Try now").click()
        await expect(banner).to_be_hidden()
        await expect(page.locator(".message", has_text="said meanwhile")).to_be_visible()
        await expect(page.locator("#bot-state")).to_have_text("Bot online")


async def test_a_restarted_sandbox_is_entered_again_as_the_same_person(stage: Stage) -> None:
    first = await start_sandbox()
    context = await stage.tabs.browser.new_context()
    try:
        page = await context.new_page()
        await page.goto(f"{first.page_url}?as=mod&in=Helix+Home&channel=general")
        await expect(page.locator("#bot-state")).to_have_text("Bot offline")
        port = URL(first.page_url).port
        assert port is not None
        await first.stop()
        await expect(page.locator("#bot-state")).to_have_text("No connection")
        second = await start_sandbox(port=port)
        try:
            await expect(page.locator("#bot-state")).to_have_text("Bot offline", timeout=20_000)
            await expect(page.locator("#identity")).to_contain_text("Mona")
            await expect(page.locator("#channel-title")).to_have_text("general")
            await page.get_by_label("Message", exact=True).fill("still here")
            await page.get_by_label("Message", exact=True).press("Enter")
            await expect(page.locator(".message", has_text="still here")).to_be_visible()
        finally:
            await second.stop()
    finally:
        await context.close()
        await first.stop()


async def test_older_messages_are_fetched_on_request_and_newer_ones_announced(stage: Stage) -> None:
    member = stage.sandbox.users["member"]
    channel = stage.sandbox.channel("bot-commands")
    for number in range(60):
        await stage.sandbox.act.message(user=member, channel=channel, content=f"line {number}.")
    async with stage.page(channel="bot-commands") as page:
        newest = page.locator(".message", has_text="line 59.")
        await expect(newest).to_be_in_viewport()
        await expect(page.locator(".message", has_text="line 0.")).to_have_count(0)
        await page.get_by_role("button", name="Show earlier messages").click()
        await expect(page.locator(".message", has_text="line 0.")).to_have_count(1)
        await expect(page.get_by_role("button", name="Show earlier messages")).to_be_hidden()
        await page.get_by_role("log").evaluate("(node) => { node.scrollTop = 0; }")
        chip = page.get_by_role("button", name="New messages")
        await expect(newest).not_to_be_in_viewport()
        await stage.sandbox.act.message(user=member, channel=channel, content="the latest")
        await expect(page.locator(".new + .message")).to_contain_text("the latest")
        await chip.click()
        await expect(page.locator(".message", has_text="the latest")).to_be_in_viewport()
        await expect(chip).to_be_hidden()
    async with stage.page() as page:
        for number in range(30):
            await stage.sandbox.act.message(user=member, channel=channel, content=f"unread {number}.")
        await page.get_by_role("button", name="bot-commands unread").click()
        await expect(page.get_by_role("separator", name="New", exact=True)).to_be_in_viewport()
        await expect(page.locator(".new + .message")).to_contain_text("unread 0.")
        await page.get_by_role("button", name="New messages").click()
        await expect(page.locator(".message", has_text="unread 29.")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 390])
async def test_a_phone_needs_no_sideways_scrolling(stage: Stage, width: int) -> None:
    async with stage.page(width=width, height=844) as page:
        box = page.get_by_label("Message", exact=True)
        await box.fill("!panel")
        await box.press("Enter")
        await expect(page.locator(".message .embed").last).to_be_visible()
        await box.fill("```\n" + "wide " * 60 + "\n```" + "x" * 300)
        await box.press("Enter")
        await expect(page.locator(".message pre").last).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert await page.evaluate("document.querySelector('#log').scrollWidth - innerWidth") <= 0


async def test_on_a_phone_channels_and_members_are_drawers(stage: Stage) -> None:
    async with stage.page(width=390, height=844) as page:
        places = page.locator("#places-panel")
        assert await places.evaluate("(node) => node.inert")
        await page.get_by_role("button", name="Servers and channels").click()
        await expect(places.get_by_role("button", name="Close the list of channels")).to_be_focused()
        await places.get_by_role("button", name="alerts").click()
        await expect(page.locator("#channel-title")).to_have_text("alerts")
        assert await places.evaluate("(node) => node.inert")
        await page.get_by_role("button", name="Members", exact=True).click()
        await expect(page.locator("#members-panel")).to_contain_text("Adam (admin)")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Members", exact=True)).to_be_focused()


async def test_controls_of_the_frame_can_be_hit_with_a_thumb(stage: Stage) -> None:
    context = await stage.tabs.browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        page = await context.new_page()
        await page.goto(stage.sandbox.page_url)
        await expect(page.locator("#bot-state")).to_have_text("Bot online")
        assert await page.evaluate(_SMALL) == []
    finally:
        await context.close()


async def test_the_chosen_colours_are_kept(stage: Stage) -> None:
    async with stage.page() as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        assert await page.evaluate(ground) == "rgb(251, 249, 245)"
        await page.get_by_role("button", name="Switch to dark colours").click()
        assert await page.evaluate(ground) == "rgb(20, 25, 28)"
        await page.reload()
        await expect(page.get_by_role("button", name="Switch to light colours")).to_be_visible()
        assert await page.evaluate(ground) == "rgb(20, 25, 28)"


async def test_the_page_works_without_a_mouse(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await expect(box).to_be_focused()
        # The second goes on from the first and has no head: its tools are its first stop.
        for text in ("a message with a head", "one stop on the way"):
            await box.fill(text)
            await box.press("Enter")
            await expect(page.locator(".message", has_text=text)).to_be_visible()
        await page.get_by_role("log").focus()
        await page.keyboard.press("ArrowUp")
        await expect(page.locator(".message").last).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Add reaction")).to_be_focused()
        await page.locator("#identity").press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.locator("#identity-menu [data-identity='owner']")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator("#identity")).to_be_focused()


async def test_every_control_has_a_name(stage: Stage) -> None:
    async with stage.page() as page:
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, input, textarea, a[href], [role=listbox]")]
                .filter((node) => !(node.ariaLabel || node.labels?.length || node.textContent.trim()))
                .filter((node) => !node.querySelector("img[alt]:not([alt=''])"))
                .map((node) => node.outerHTML)"""
        )
        assert nameless == []


async def test_on_a_phone_a_problem_does_not_cover_the_field_it_is_about(stage: Stage) -> None:
    async with stage.page(width=390, height=844) as page:
        await page.get_by_label("Message", exact=True).press_sequentially("/agent ")
        field = page.locator("#option-name")
        await field.press("Enter")
        note = page.locator(".toast", has_text="name is required.")
        await expect(note).to_be_visible()
        note_box, field_box = await note.bounding_box(), await field.bounding_box()
        assert note_box is not None
        assert field_box is not None
        assert note_box["y"] + note_box["height"] < field_box["y"]
