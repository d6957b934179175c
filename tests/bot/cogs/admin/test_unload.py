"""`!unload`: what it asks first, what it refuses, and what it leaves alone."""

import pytest

from tests.bot.cogs.talk import Message, Talk, text_of
from tests.bot.support import RunningBot, ended


def state_of(running_bot: RunningBot, cog: str) -> str:
    return next(status.state for status in running_bot.bot.loader.status() if status.name == cog)


async def press_and_read(talk: Talk, question: Message, label: str, wanted: str) -> str:
    await talk.press("admin", question, label)
    return text_of(await talk.until(lambda one: wanted in text_of(one)))


async def test_unload_names_the_commands_and_asks_first(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("admin", "!load agents")
    question = await talk.ask("admin", "!unload agents")
    for name in ("agents", "agent", "history", "wisdom"):
        assert f"`/{name}`" in text_of(question)
    assert "`/load agents`" in text_of(question)
    assert state_of(running_bot, "agents") == "loaded"
    await press_and_read(talk, question, "Yes, do it", "✅ **agents** unloaded")
    assert state_of(running_bot, "agents") == "disabled"


async def test_declining_an_unload_changes_nothing(talk: Talk, running_bot: RunningBot) -> None:
    question = await talk.ask("admin", "!unload agents")
    await press_and_read(talk, question, "No", "nothing was done")
    await ended(running_bot, "unload", "ok", 1)
    assert state_of(running_bot, "agents") == "not yet"
    assert await running_bot.collective.journal.entries(kinds=["cog"]) == ()


async def test_unload_of_several_asks_once_for_all(talk: Talk, running_bot: RunningBot) -> None:
    question = await talk.ask("admin", "!unload agents fun")
    assert "`/wisdom`" in text_of(question)
    assert "`/roll`" in text_of(question)
    await press_and_read(talk, question, "Yes, do it", "2 of 2 unloaded")
    assert {state_of(running_bot, cog) for cog in ("agents", "fun")} == {"disabled"}


@pytest.mark.parametrize("cog", ["help", "admin", "monitoring"])
async def test_cogs_needed_for_recovery_cannot_be_unloaded(
    talk: Talk, running_bot: RunningBot, cog: str
) -> None:
    text = text_of(await talk.ask("admin", f"!unload fun {cog}"))
    assert f"`{cog}` stays loaded" in text
    assert "`/reload`" not in text
    assert {state_of(running_bot, name) for name in (cog, "fun")} <= {"loaded", "not yet"}


async def test_unload_of_what_is_unloaded_asks_nothing(talk: Talk, running_bot: RunningBot) -> None:
    await running_bot.bot.loader.unload("agents")
    assert "**agents** is already unloaded" in text_of(await talk.ask("admin", "!unload agents"))


async def test_completion_of_unload_offers_only_cogs_that_may_be_unloaded(talk: Talk) -> None:
    assert await talk.complete("admin", "unload", "cogs", "mon") == []
    assert await talk.complete("admin", "unload", "cogs", "agents fu") == ["agents fun"]
