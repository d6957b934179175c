"""Every command with arguments that are wrong: a clear complaint, and nothing is changed."""

from __future__ import annotations

import pytest

from sandbox import ActionError
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.commands.case import Case, Use
from tests.commands.table import WAYS, Way, answer, cases, started, traces

WRONG = [pytest.param(case, use, id=f"{use.line!r}"[1:-1]) for case in cases() for use in case.wrong]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("case", "use"), WRONG)
async def test_it_says_what_was_wrong_and_changes_nothing(
    start_bot: StartBot, talk: Talk, case: Case, use: Use, way: Way
) -> None:
    running = await started(start_bot, case)
    before = await traces(running)
    refused_by_discord = None
    try:
        await answer(talk, way, case.caller, case.command, use)
    except ActionError as error:
        # What Discord itself does not let a person send never reaches the bot.
        refused_by_discord = error
    assert refused_by_discord is None or (way, refused_by_discord.status) == ("slash", 400)
    assert await traces(running) == before
