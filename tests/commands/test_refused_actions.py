"""Every privileged action, and what only a prepared world allows, tried by those who lack the access."""

from __future__ import annotations

import pytest

from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.commands.refusing import ATTEMPTS, Attempt, assert_refused_by_prefix, assert_refused_by_slash
from tests.commands.table import started

# Which action it is, only the cog can tell, so it is loaded for that.
ACTIONS = tuple(one for one in ATTEMPTS if one.case.prepare is None and one.action)
PREPARED = tuple(one for one in ATTEMPTS if one.case.prepare is not None)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("attempt", ACTIONS, ids=str)
async def test_by_prefix_a_stranger_is_refused_an_action_and_nothing_is_changed(
    steady_bot: RunningBot, steady_talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_prefix(steady_bot, steady_talk, attempt)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("attempt", ACTIONS, ids=str)
async def test_by_slash_a_stranger_is_refused_an_action_alone_and_nothing_is_changed(
    steady_bot: RunningBot, steady_talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_slash(steady_bot, steady_talk, attempt)


@pytest.mark.parametrize("attempt", PREPARED, ids=str)
async def test_by_prefix_a_stranger_is_refused_what_would_work_just_now(
    start_bot: StartBot, talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_prefix(await started(start_bot, attempt.case), talk, attempt)


@pytest.mark.parametrize("attempt", PREPARED, ids=str)
async def test_by_slash_a_stranger_is_refused_alone_what_would_work_just_now(
    start_bot: StartBot, talk: Talk, attempt: Attempt
) -> None:
    await assert_refused_by_slash(await started(start_bot, attempt.case), talk, attempt)
