"""Every command once through dpytest: its logic from the line to the reply, without a socket.

dpytest 0.7 has neither slash commands nor presses; those are tested on the sandbox.
"""

from collections.abc import AsyncIterator

import discord
import discord.ext.test as dpytest
import pytest

from bot.client import HelixBot
from core.kernel import Kernel
from state.collective import Collective


@pytest.fixture
async def bot(kernel: Kernel, collective: Collective) -> AsyncIterator[HelixBot]:
    bot = HelixBot(kernel, collective)
    await bot._async_setup_hook()
    dpytest.configure(bot, members=["owner", "member"])
    config = dpytest.get_config()
    bot.home_guild_id = config.guilds[0].id
    bot.owners = frozenset({config.members[0].id})
    await bot.loader.open()
    yield bot
    await dpytest.empty_queue()
    await bot.loader.close()


async def reply_to(line: str, *, member: int = 0) -> str:
    """What the bot says to a line: the last state of its reply."""
    await dpytest.message(line, member=member)
    sent: discord.Message = dpytest.sent_queue.get_nowait()
    embed = sent.embeds[0] if sent.embeds else None
    parts = [sent.content, embed and embed.title, embed and embed.description]
    parts += [str(field.value) for field in embed.fields] if embed else []
    return "\n".join(part for part in parts if part)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!help", "17 commands for you"),
        ("!help ping", "Gateway latency"),
        ("!help nothing-like-it", "There is no command or category"),
        ("!status", "of 14 active"),
        ("!health", "passing"),
        ("!metrics", "**HTTP** nothing yet"),
        ("!metrics cache", "**Hit rate**"),
        ("!discovery", "no HTTP routes"),
        ("!ping", "**Round trip**"),
        ("!agents", "of 14 active"),
        ("!agent Oracle", "not built yet"),
        ("!history Kael", "Nothing in the journal"),
        ("!wisdom Vega", "**Vega**, safety"),
        ("!cogs", "1 of 4 loaded"),
        ("!load monitoring", "✅ **monitoring** loaded in"),
        ("!unload admin", "It stays"),
        ("!reload admin", "✅ **admin** reloaded in"),
        ("!flags", "`lazy_commands` **on**"),
        ("!flags lazy_commands on", "was **on** already"),
        ("!cache", "No cache yet."),
        ("!cache clear all", "Cleared **all**"),
    ],
)
async def test_an_owner_gets_the_answer(line: str, said: str) -> None:
    text = await reply_to(line)
    assert said in text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["!cogs", "!load help", "!unload help", "!reload all", "!flags", "!cache"])
async def test_a_member_gets_a_refusal(line: str) -> None:
    assert "needs an administrator" in await reply_to(line, member=1)


@pytest.mark.usefixtures("bot")
async def test_a_member_gets_the_overview_without_admin_commands() -> None:
    text = await reply_to("!help", member=1)
    assert "11 commands for you" in text
    assert "`reload`" not in text


async def test_without_services_heartbeat_says_so(bot: HelixBot) -> None:
    bot.collective.probes.services = ()
    assert "services.json" in await reply_to("!heartbeat")
