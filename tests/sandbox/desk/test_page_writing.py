"""Names in the message box, and the mentions and emoji that are sent for them."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_STORE = """
    const { Store } = await import("/static/js/store.js");
    const { toBox, toSent } = await import("/static/js/written.js");
    const { plainText } = await import("/static/js/markdown.js");
    const { namesOf } = await import("/static/js/names.js");
    const member = (id, username, nick = null) => ({ user: { id, username }, nick, roles: [] });
    const store = new Store();
    store.guilds = [{
        id: "1",
        members: [
            member("11", "kael", "Kael (agent)"), member("12", "kaelin"),
            member("13", "twin-a", "Twin"), member("14", "twin-b", "Twin"), member("15", "sly", "everyone"),
        ],
        roles: [{ id: "1", name: "@everyone" }, { id: "21", name: "Mods" }],
        channels: [
            { id: "31", name: "bot", type: 0 }, { id: "32", name: "bot-commands", type: 0 },
            { id: "33", name: "twice", type: 0 }, { id: "34", name: "twice", type: 0 },
        ],
    }];
    store.channelId = "31";
"""


async def _run(modules: Page, body: str, text: str) -> Any:
    return await modules.evaluate(f"async (text) => {{ {_STORE} return {body}; }}", text)


@pytest.mark.parametrize(
    ("box", "sent"),
    [
        ("@Kael (agent), see #bot-commands", "<@11>, see <#32>"),
        ("@kael and @kaelin of @Mods in #bot.", "<@11> and <@12> of <@&21> in <#31>."),
        ("@Twin is two people", "@Twin is two people"),
        ("@twin-b is one", "<@14> is one"),
        ("@everyone is nobody's name", "@everyone is nobody's name"),
        ("mail kael@kael or #twice", "mail kael@kael or #twice"),
        ("@Modsen, ##bot and \\@kael", "@Modsen, ##bot and \\@kael"),
        ("`@kael` ```\n#bot :fire:\n``` @kael", "`@kael` ```\n#bot :fire:\n``` <@11>"),
        (":smile: :+1::fire:", "😄 👍🔥"),
        ("at 12:30:45 :nothing: \\:smile:", "at 12:30:45 :nothing: \\:smile:"),
        ("<:fire:123> https://example.org/:fire:", "<:fire:123> https://example.org/:fire:"),
    ],
)
async def test_names_become_mentions_and_emoji_when_they_are_sent(modules: Page, box: str, sent: str) -> None:
    assert await _run(modules, "toSent(text, store)", box) == sent


@pytest.mark.parametrize(
    ("content", "box"),
    [
        ("<@11> <@!12> <@&21> <#32>", "@Kael (agent) @kaelin @Mods #bot-commands"),
        ("<@13> <@15> <#33> <@99>", "@twin-a @sly <#33> <@99>"),
        ("`<@11>`", "`<@11>`"),
    ],
)
async def test_a_message_to_be_edited_shows_names_and_keeps_its_mentions(
    modules: Page, content: str, box: str
) -> None:
    assert await _run(modules, "toBox(text, store)", content) == box
    again = await _run(modules, "toSent(toBox(text, store), store)", content)
    assert again == content.replace("!", "")


async def test_one_line_of_a_message_spells_out_what_it_mentions(modules: Page) -> None:
    text = "**<@11>** of <@&21> in <#31>: </status:5> <:spark:6> <@77> <#78> ||secret||"
    assert await _run(modules, "plainText(text, namesOf(store))", text) == (
        "@Kael (agent) of @Mods in #bot: /status :spark: @unknown-user #unknown (spoiler)"
    )


@pytest.mark.timeout(20)
@pytest.mark.parametrize("mark", ["@", "`", "` ``", ":", "||", "<@", "@kael", ":a"])
async def test_long_nonsense_is_sent_in_bounded_time(modules: Page, mark: str) -> None:
    body = "[toSent(text, store), toBox(text, store), plainText(text, namesOf(store))].length"
    assert await _run(modules, body, (mark * 4096)[:4096]) == 3


async def test_a_mention_is_a_name_in_the_box_in_a_reply_and_in_an_edit(stage: Stage) -> None:
    async with stage.page() as page:
        box = page.get_by_label("Message", exact=True)
        await box.press_sequentially("hello @mik")
        await box.press("Enter")
        await expect(box).to_have_value("hello @Mika (member) ")
        await box.press_sequentially("and :roc")
        await box.press("Enter")
        await expect(box).to_have_value("hello @Mika (member) and :rocket: ")
        await box.press("Enter")
        message = page.locator(".message", has_text="hello @Mika (member) and 🚀")
        await expect(message.locator(".mention")).to_have_text("@Mika (member)")
        await box.press("ArrowUp")
        # A machine without a font for it cannot show the emoji in the box.
        await expect(box).to_have_value(re.compile(r"hello @Mika \(member\) and (🚀|:rocket:)"))
        await box.press("Escape")
        await message.hover()
        await message.get_by_role("button", name="Reply").click()
        await box.fill("answering that")
        await box.press("Enter")
        answer = page.locator(".message", has_text="answering that")
        await expect(answer.locator(".jump")).to_contain_text("hello @Mika (member) and 🚀")
