"""Every privileged command, tried by those who lack the access: one bot refuses all, and stays as it was."""

from __future__ import annotations

import json

import pytest

from bot.catalog.entry import CommandEntry, Level
from bot.dispatch.registration import PATH
from tests.bot.cogs.talk import Talk
from tests.bot.support import RunningBot
from tests.commands.refusing import (
    ATTEMPTS,
    Attempt,
    Stranger,
    assert_refused_by_prefix,
    assert_refused_by_slash,
    state_of,
    strangers,
)
from tests.commands.table import cases, entry_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMMANDS = tuple(one for one in ATTEMPTS if one.case.prepare is None and not one.action)


@pytest.mark.parametrize("attempt", COMMANDS, ids=str)
async def test_by_prefix_a_stranger_is_refused_and_nothing_is_changed(
    steady_bot: RunningBot, steady_talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_prefix(steady_bot, steady_talk, attempt)


@pytest.mark.parametrize("attempt", COMMANDS, ids=str)
async def test_by_slash_a_stranger_is_refused_alone_and_nothing_is_changed(
    steady_bot: RunningBot, steady_talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_slash(steady_bot, steady_talk, attempt)


@pytest.mark.parametrize(
    ("entry", "option", "stranger"),
    [
        pytest.param(entry, option["name"], stranger, id=f"{entry.name}-{option['name']}-{stranger.user}")
        for entry in {case.command: entry_of(case) for case in cases()}.values()
        if entry.access.level > Level.everyone
        for command in json.loads(PATH.read_text())
        if command["name"] == entry.name
        for option in command.get("options", ())
        if option.get("autocomplete")
        for stranger in strangers(entry.access.level, local=entry.access.local)
        if stranger.place != "dm" or "dm" in entry.where
    ],
)
async def test_completion_offers_a_stranger_nothing_and_loads_nothing(
    steady_bot: RunningBot, entry: CommandEntry, option: str, stranger: Stranger
) -> None:
    sandbox = steady_bot.sandbox
    offered = await sandbox.act.autocomplete(
        user=stranger.user,
        channel=stranger.channel(sandbox),
        command=entry.name,
        focused=option,
        options={option: ""},
    )
    assert offered["choices"] == []
    assert state_of(steady_bot, entry.cog) == "not yet"
