"""The server of these tests."""

from collections.abc import Iterator

import pytest

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
