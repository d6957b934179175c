"""`!discovery` on a bot whose HTTP server listens: each link that it shows can be opened."""

import re

import aiohttp

from tests.bot.cogs.talk import Message, Talk, text_of
from tests.bot.serving import serve
from tests.bot.support import RunningBot

_CODE = re.compile(r"`[^`]*`")
_BARE_URL = re.compile(r"https?://\S+")


async def pages_of(talk: Talk) -> list[str]:
    """The texts of all pages."""
    reply: Message = await talk.ask("member", "!discovery")
    texts = [text_of(reply)]
    count = int(re.findall(r"Page 1 of (\d+)", texts[0])[0])
    for number in range(2, count + 1):
        await talk.press("member", reply, "▶️")
        wanted = f"Page {number} of"
        reply = await talk.edited(reply, lambda one, wanted=wanted: wanted in text_of(one))  # type: ignore[misc]  # inferred
        texts.append(text_of(reply))
    return texts


async def test_every_link_that_discovery_shows_can_be_opened(talk: Talk, running_bot: RunningBot) -> None:
    await serve(running_bot)
    links = [link for text in await pages_of(talk) for link in _BARE_URL.findall(_CODE.sub("", text))]
    assert len(links) > 15
    async with aiohttp.ClientSession() as session:
        for link in links:
            async with session.get(link) as answer:
                assert answer.status == 200, link


async def test_discovery_names_every_route_with_its_whole_address(
    talk: Talk, running_bot: RunningBot
) -> None:
    await serve(running_bot)
    shown = "\n".join(await pages_of(talk)).replace("`", "")
    for route in running_bot.bot.routes:
        assert f"**{route.method}** {running_bot.bot.base_url}{route.path}\n" in shown
