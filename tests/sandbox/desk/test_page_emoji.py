"""Emoji on a machine without a font for them: drawn by the page, or called by their name."""

import re
import unicodedata
from pathlib import Path

import discord
import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_ROOT = Path(__file__).parents[3]
_NAMED = re.compile(r"\\N\{([^}]+)\}")
_NOT_DRAWN = r"""async (text) => {
    const { withEmoji } = await import("/static/js/drawn.js");
    const coloured = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\u{1F702}/gu;
    const rest = withEmoji(text).filter((node) => node.className !== "drawn-emoji");
    return [...new Set(rest.map((node) => node.textContent ?? node).join("").match(coloured))];
}"""


def _sources() -> str:
    """The texts that the bot may write, and the characters that they give by Unicode name."""
    files = sorted(path for folder in ("bot", "state", "sandbox") for path in (_ROOT / folder).rglob("*.py"))
    files += [*(_ROOT / "bot" / "content").glob("*.md"), _ROOT / "sandbox" / "static" / "js" / "desk.js"]
    text = "\n".join(path.read_text() for path in files)
    return text + "".join(map(unicodedata.lookup, _NAMED.findall(text)))


async def test_every_emoji_that_helix_writes_is_drawn(modules: Page) -> None:
    assert await modules.evaluate(_NOT_DRAWN, "🍕 is not drawn") == ["🍕"]
    assert await modules.evaluate(_NOT_DRAWN, _sources()) == []


async def test_every_drawing_is_a_picture(modules: Page) -> None:
    broken = await modules.evaluate("""async () => {
        const { ART } = await import("/static/js/emoji_art.js");
        const { withEmoji } = await import("/static/js/drawn.js");
        const load = async (emoji) => {
            const image = new Image();
            image.src = withEmoji(`${emoji}\\uFE0F`)[0].style.backgroundImage.slice(5, -2);
            return image.decode().then(() => null, () => emoji);
        };
        return (await Promise.all(Object.keys(ART).map(load))).filter(Boolean);
    }""")
    assert broken == []


@pytest.mark.parametrize(("font", "shown"), [("'the same for all'", ":pizza:"), ("this.drawn", "🍕")])
async def test_an_emoji_that_nobody_draws_is_called_by_its_name(modules: Page, font: str, shown: str) -> None:
    """Replaces the canvas, to act as a font: a picture for each text, or the same one for all."""
    found = await modules.evaluate(f"""async () => {{
        const {{ fillText }} = CanvasRenderingContext2D.prototype;
        const {{ toDataURL }} = HTMLCanvasElement.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (text) {{ this.canvas.drawn = text; }};
        HTMLCanvasElement.prototype.toDataURL = function () {{ return {font}; }};
        try {{
            const {{ nameMissing, withEmoji }} = await import("/static/js/drawn.js?" + Math.random());
            const [node] = withEmoji("🍕");
            return [node.dataset?.name ?? node, node.textContent ?? node, nameMissing("🍕 ↗ ©")];
        }} finally {{
            CanvasRenderingContext2D.prototype.fillText = fillText;
            HTMLCanvasElement.prototype.toDataURL = toDataURL;
        }}
    }}""")
    assert found == [shown, "🍕", f"{shown} ↗ ©"]


async def test_what_the_bot_says_shows_its_emoji_as_pictures_and_keeps_them_as_text(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.sandbox.channel("bot-commands"))
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Next", emoji="▶️", custom_id="emoji:next"))
    choice = discord.SelectOption(label="🔔 Bell", emoji="🟢")
    view.add_item(discord.ui.Select(custom_id="emoji:menu", placeholder="Choose 🪷", options=[choice]))
    embed = discord.Embed(title="🌀 Ritual", description="**🟡 worn**").set_footer(text="🛡️ Kavach")
    async with stage.page(channel="bot-commands") as page:
        said = await channel.send("🟢 up, 🔴 down, ↗ rising", embed=embed, view=view)
        await said.add_reaction("👍")
        message = page.locator(f"#message-{said.id}")
        await expect(message.locator(".message-text")).to_have_text("🟢 up, 🔴 down, ↗ rising")
        await expect(message.locator(".drawn-emoji")).to_have_text(
            ["🟢", "🔴", "🌀", "🟡", "🛡️", "▶️", "🪷", "👍"]
        )
        size = await message.locator(".drawn-emoji").first.bounding_box()
        assert size is not None
        assert (size["width"], size["height"]) == pytest.approx((18.75, 18.75), abs=1)
        await message.get_by_role("button", name="Choose 🪷").click()
        await expect(page.locator(".picker .drawn-emoji")).to_have_text(["🪷", "🟢", "🔔"])
