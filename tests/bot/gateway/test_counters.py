"""What people ask for, under the names that dashboards for discord.py bots read."""

from __future__ import annotations

import discord

from core.metrics import Counter
from sandbox import Sandbox
from tests.bot.support import Chat, RunningBot, ended, text_of


def counts(running: RunningBot, name: str) -> dict[tuple[str, ...], float]:
    counter = running.kernel.metrics.get(name)
    assert isinstance(counter, Counter)
    return dict(counter.items())


async def test_a_command_by_prefix_is_counted_by_its_own_name(running_bot: RunningBot, chat: Chat) -> None:
    await chat.ask("!stat")
    await chat.ask("!statuss", "owner")
    await ended(running_bot, "status", "ok", 1)
    assert counts(running_bot, "discord_event_on_command_total") == {("0", "status"): 1}
    assert counts(running_bot, "discord_event_on_interaction_total") == {}


async def test_interactions_are_counted_by_kind(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    await chat.slash("help")
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="old", custom_id="from-another-life"))
    sent = await running_bot.bot.get_partial_messageable(chat.channel).send("press", view=view)
    view.stop()
    await sandbox.act.click(user="member", message=sent.id, custom_id="from-another-life")
    await chat.until(lambda: next((m for m in chat.from_bot() if "expired" in text_of(m)), None))
    assert counts(running_bot, "discord_event_on_interaction_total") == {
        ("0", "application_command", "help"): 1,
        ("0", "component", "None"): 1,
    }
    assert counts(running_bot, "discord_event_on_command_total") == {}
