"""A fresh sandbox and a fresh bot for every row of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Sandbox
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import discords_own_addresses, sandbox, start_bot
from tests.sandbox.conftest import browser, modules

__all__ = ["browser", "discords_own_addresses", "modules", "sandbox", "start_bot", "talk"]


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    """The people of the sandbox, talking to the bot."""
    started = Talk(sandbox)
    yield started
    started.close()
