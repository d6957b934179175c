"""A real kernel and a real collective in a folder of the test's own, without Discord."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import discord.ext.test as dpytest
import pytest

from bot.building import build_bot
from bot.parts import HelixBot
from core.runtime.kernel import Kernel, build_kernel
from core.settings import load_settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.collective import Collective
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from tests.bot.cogs.talk import Talk
from tests.bot.support import RunningBot
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kernel(tmp_path: Path, clock: ManualClock) -> Kernel:
    settings = load_settings({"HELIX_DATA_DIR": str(tmp_path)}, None).settings
    return build_kernel(settings, clock)


@pytest.fixture
async def collective(kernel: Kernel, tmp_path: Path) -> AsyncIterator[Collective]:
    migrations = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
    database = await SqliteStore.open(tmp_path / "helix.db", migrations, app_version="test")
    collective = await open_collective(kernel, database)
    yield collective
    await collective.close()
    await database.close()


@pytest.fixture
def talk(running_bot: RunningBot) -> Iterator[Talk]:
    """People who talk to the running bot."""
    started = Talk(running_bot.sandbox)
    yield started
    started.close()


@pytest.fixture
async def logic_bot(kernel: Kernel, collective: Collective) -> AsyncIterator[HelixBot]:
    """A bot on dpytest, with an owner and a member in its home server."""
    bot = build_bot(kernel, collective)
    await bot._async_setup_hook()
    dpytest.configure(bot, members=["owner", "member"])
    config = dpytest.get_config()
    bot.home_guild_id = config.guilds[0].id
    bot.owners = frozenset({config.members[0].id})
    await bot.loader.open()
    yield bot
    await dpytest.empty_queue()
    await bot.loader.close()
