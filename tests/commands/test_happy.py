"""Every command as its row says it works, by prefix and by slash, with the real client on the sandbox."""

from __future__ import annotations

import pytest

from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.bot.support import ended
from tests.commands.case import Case
from tests.commands.table import LEAST_CALLER, WAYS, Way, answer, cases, entry_of, picture_of, started


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.command)
def test_a_row_tries_what_its_entry_promises(case: Case) -> None:
    entry = entry_of(case)
    assert case.caller == LEAST_CALLER[entry.access.level]
    assert case.happy.line.split()[0] == case.command
    assert set(case.actions) == set(entry.access.actions)
    # A text that may be anything, and may be left out, cannot be wrong.
    can_be_wrong = any(param.required or param.kind != "rest" for param in entry.params)
    assert case.wrong if can_be_wrong else entry.params or not case.wrong


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.command)
async def test_it_works_for_the_least_who_may(start_bot: StartBot, talk: Talk, case: Case, way: Way) -> None:
    running = await started(start_bot, case)
    message = await answer(talk, way, case.caller, case.command, case.happy)
    await ended(running, case.command, "ok", 1)
    if case.happy.picture:
        picture = picture_of(message)
        assert picture.get("description")
