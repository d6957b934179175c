"""The server of these tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from core.store.postgres import PostgresStore
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One PostgreSQL for all tests of this worker; each test takes a fresh schema."""
    with postgres_server() as running:
        yield running


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that the test may kill."""
    with postgres_server() as running:
        yield running


@pytest.fixture
async def store(server: PostgresServer) -> AsyncIterator[PostgresStore]:
    """An open store with tables for notes, empty."""
    async with opened(server.fresh_url()) as made:
        yield made
