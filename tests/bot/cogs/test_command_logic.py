"""Every command once through dpytest: its logic from the line to the reply, without a socket.

dpytest 0.7 has neither slash commands nor presses; those are tested on the sandbox.
"""

import pytest

from bot import catalog
from bot.catalog.entry import Level
from bot.parts import HelixBot
from tests.bot.cogs.logic import reply_to

pytestmark = pytest.mark.unmeasured


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!help", f"You can use {len(catalog.ENTRIES)} commands"),
        ("!help ping", "Gateway latency"),
        ("!help nothing-like-it", "There is no command or category"),
        ("!status", "of 14 active"),
        ("!health", "passing"),
        ("!metrics", "**HTTP** nothing yet"),
        ("!metrics cache", "**Hit rate**"),
        ("!discovery", "no HTTP routes"),
        ("!ping", "**Round trip**"),
        ("!agents", "of 14 active"),
        ("!agent Vega", "circuit breakers"),
        ("!history Kael", "Nothing in the journal"),
        ("!wisdom Vega", "**Vega**, safety"),
        ("!cogs", f"1 of {len(catalog.COGS)} loaded"),
        ("!load monitoring", "✅ **monitoring** loaded in"),
        ("!unload admin", "`admin` stays loaded"),
        ("!reload admin", "✅ **admin** reloaded in"),
        ("!flags", "`lazy_commands` **on**"),
        ("!flags lazy_commands on", "is already **on**"),
        ("!cache", "No cache yet."),
        ("!cache clear all", "Cleared **all**"),
    ],
)
async def test_an_owner_gets_the_answer(line: str, said: str) -> None:
    text = await reply_to(line)
    assert said in text


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize("line", ["!cogs", "!load help", "!unload help", "!reload all", "!flags", "!cache"])
async def test_a_member_gets_a_refusal(line: str) -> None:
    assert "needs an administrator" in await reply_to(line, member=1)


@pytest.mark.usefixtures("logic_bot")
async def test_a_member_gets_the_overview_without_admin_commands() -> None:
    text = await reply_to("!help", member=1)
    open_to_all = sum(entry.access.level is Level.everyone for entry in catalog.ENTRIES)
    assert f"You can use {open_to_all} commands" in text
    assert "`reload`" not in text


async def test_without_services_heartbeat_says_so(logic_bot: HelixBot) -> None:
    logic_bot.collective.probes.services = ()
    assert "services.json" in await reply_to("!heartbeat")
