"""Processes share the database; a command that needs it alone gets it only when none runs."""

from __future__ import annotations

import pytest

from core.store.errors import DatabaseUnusable
from core.store.postgres import PostgresStore
from tests.core.store.postgres.notes import ALL
from tests.postgres_server import PostgresServer


async def opened(url: str, *, alone: bool = False) -> PostgresStore:
    return await PostgresStore.open(url, ALL, app_version="0.1.0", alone=alone)


async def test_running_processes_share_the_database(server: PostgresServer) -> None:
    url = server.fresh_url()
    first, second = await opened(url), await opened(url)
    await first.close()
    await second.close()


async def test_a_command_does_not_get_the_database_of_a_running_process(server: PostgresServer) -> None:
    url = server.fresh_url()
    running = await opened(url)
    with pytest.raises(DatabaseUnusable, match="Stop it first"):
        await opened(url, alone=True)
    await running.close()
    await (await opened(url, alone=True)).close()


async def test_a_process_does_not_start_while_a_command_has_the_database(server: PostgresServer) -> None:
    url = server.fresh_url()
    command = await opened(url, alone=True)
    with pytest.raises(DatabaseUnusable, match="Start Helix when that command has ended"):
        await opened(url)
    await command.close()
    await (await opened(url)).close()
