"""The commands about consciousness: logic on dpytest, and the real client on the sandbox."""

from __future__ import annotations

import msgspec
import pytest

from bot.parts import HelixBot
from state.change import Actor, Change
from state.directives.policy import Decision
from tests.bot.cogs.logic import reply_to
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!consciousness", "**93** of 100, **lucid**"),
        ("!mind oracle", "Oracle is active and sees 100% of the level 93."),
        ("!state nobody", "There is no agent called `nobody`"),
        ("!emotions", "Mostly **courage**."),
        ("!tony", "None yet: Kavach has not been asked to judge anything."),
    ],
)
async def test_a_line_gets_its_reply(logic_bot: HelixBot, line: str, said: str) -> None:
    del logic_bot
    assert said in await reply_to(line)


async def test_a_cached_level_is_dropped_when_the_field_changes(talk: Talk, running_bot: RunningBot) -> None:
    assert "lucid**" in text_of(await talk.ask("member", "!consciousness"))
    await running_bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, klesha=1.0, harmony=0.1), source="tune")
    )
    assert "**aware**" in text_of(await talk.ask("member", "!consciousness"))


async def test_ethics_names_nobody_elsewhere(talk: Talk, running_bot: RunningBot) -> None:
    decision = Decision(action="clean", approved=False, principle="compassion", reason="such a secret")
    await running_bot.collective.manager.record(decision.row(Actor("command", "Ada", 5)))
    assert "refused for Ada" in text_of(await talk.ask("member", "!ethics"))
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    text = text_of(await talk.ask("visitor-admin", "!ethics", channel=channel))
    assert "⛔ **clean** refused <t:" in text
    assert "Ada" not in text
    assert "such a secret" not in text


async def test_agents_are_completed(talk: Talk) -> None:
    assert await talk.complete("member", "consciousness", "agent", "lum") == ["Lumina"]
