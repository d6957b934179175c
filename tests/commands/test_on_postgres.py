"""Every command as its row says it works, with the store on PostgreSQL."""

from __future__ import annotations

import pytest

from core.logs.secret import Secret
from core.store.schema import CORE_MIGRATIONS
from state.schema import STATE_MIGRATIONS
from tests.bot.cogs.talk import Talk
from tests.bot.conftest import StartBot
from tests.bot.support import ended
from tests.commands.case import Case
from tests.commands.table import answer, cases, picture_of, started
from tests.postgres_server import PostgresServer

_MIGRATIONS = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.command)
async def test_it_works_on_postgresql_too(
    start_bot: StartBot, talk: Talk, case: Case, postgres: PostgresServer
) -> None:
    url = Secret(postgres.emptied_url(_MIGRATIONS))
    running = await started(start_bot, case, database_url=url)
    assert running.collective.database.stats().engine.startswith("PostgreSQL")
    message = await answer(talk, "prefix", case.caller, case.command, case.happy)
    await ended(running, case.command, "ok", 1)
    if case.happy.picture:
        picture_of(message)
