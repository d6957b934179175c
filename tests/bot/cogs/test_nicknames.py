"""Nicknames in lines of the bot's, with the real client on the sandbox."""

import pytest

from sandbox import Sandbox
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.conftest import StartBot


@pytest.mark.parametrize(
    ("nick", "kept"),
    [
        ("\u202eעדה\u200b", "עדה"),
        ("Ada ❤\ufe0f\u200d🔥\u202e", "Ada ❤\ufe0f\u200d🔥"),
        ("\u202e\u200b", "mona"),
    ],
)
async def test_a_nickname_cannot_reverse_the_text_direction(
    sandbox: Sandbox, start_bot: StartBot, talk: Talk, nick: str, kept: str
) -> None:
    sandbox.engine.world.guilds[sandbox.home_guild_id].members[sandbox.users["mod"]].nick = nick
    running = await start_bot()
    alert = await running.collective.alerts.raise_("disk.full", "critical", "The disk is full")
    answer = await talk.ask("mod", f"!alerts ack {alert.id}")
    shown = kept.replace("עדה", "\u2068עדה\u2069")
    assert f"acknowledged by {shown} <t:" in text_of(answer)
    acknowledged = await running.collective.alerts.get(alert.id)
    assert acknowledged is not None
    assert acknowledged.acknowledged_by == kept
