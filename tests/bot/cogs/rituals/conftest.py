"""A bot on which rituals take no time, one on which they do, and who listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Sandbox
from tests.bot.cogs.rituals.ritual_talk import QUICK_S
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot


@pytest.fixture
async def running_bot(start_bot: StartBot) -> RunningBot:
    return await start_bot(ritual_step_s=QUICK_S)


@pytest.fixture
def hear(sandbox: Sandbox) -> Iterator[Talk]:
    """People of the sandbox who talk to the bot that the test starts."""
    heard = Talk(sandbox)
    yield heard
    heard.close()


@pytest.fixture
async def slow(start_bot: StartBot, hear: Talk) -> tuple[RunningBot, Talk]:
    """A bot whose rituals run until they are stopped."""
    return await start_bot(ritual_step_s=30.0), hear
