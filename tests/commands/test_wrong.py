"""Every command with arguments that are wrong: a clear complaint, and nothing is changed."""

from __future__ import annotations

import pytest

from sandbox import ActionError
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use
from tests.commands.table import WAYS, Way, answer, cases, started, traces

STEADY, PREPARED = (
    [
        pytest.param(case, use, id=f"{use.line!r}"[1:-1])
        for case in cases()
        for use in case.wrong
        if (case.prepare is not None) is is_prepared
    ]
    for is_prepared in (False, True)
)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("case", "use"), STEADY)
async def test_it_says_what_was_wrong_and_changes_nothing(
    steady_bot: RunningBot, steady_talk: Talk, case: Case, use: Use, way: Way
) -> None:
    await assert_said_and_unchanged(steady_bot, steady_talk, case, use, way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("case", "use"), PREPARED)
async def test_it_says_what_is_wrong_with_what_is_there_and_changes_nothing(
    start_bot: StartBot, talk: Talk, case: Case, use: Use, way: Way
) -> None:
    await assert_said_and_unchanged(await started(start_bot, case), talk, case, use, way)


async def assert_said_and_unchanged(running: RunningBot, talk: Talk, case: Case, use: Use, way: Way) -> None:
    before = await traces(running)
    refused_by_discord = None
    try:
        await answer(talk, way, case.caller, case.command, use)
    except ActionError as error:
        # What Discord itself does not let a person send never reaches the bot.
        refused_by_discord = error
    assert refused_by_discord is None or (way, refused_by_discord.status) == ("slash", 400)
    assert await traces(running) == before
