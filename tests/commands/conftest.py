"""A fresh sandbox and a fresh bot for each row of the table, and one bot for those that change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from sandbox import Sandbox
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import discords_own_addresses, sandbox, start_bot
from tests.bot.support import RunningBot
from tests.commands.steady import steady, talking_anew
from tests.sandbox.conftest import modules

__all__ = ["discords_own_addresses", "modules", "sandbox", "start_bot", "talk"]


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    """The people of the sandbox, talking to the bot."""
    started = Talk(sandbox)
    yield started
    started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def steady_bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningBot]:
    """One bot for the tests of a file that must leave no trace."""
    async with steady(tmp_path_factory.mktemp("steady")) as started:
        yield started


@pytest.fixture
def steady_talk(steady_bot: RunningBot) -> Iterator[Talk]:
    """The people of its sandbox, who have asked nothing yet."""
    with talking_anew(steady_bot) as talk:
        yield talk
