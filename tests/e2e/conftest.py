"""What the end-to-end tests share: a sandbox in this process for Helix processes to connect to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from sandbox import Sandbox, start_sandbox
from tests.e2e.everything_used import Scraped, use_everything
from tests.postgres_server import PostgresServer
from tests.stores import ENGINES


class Settings(Protocol):
    """Builds the environment of a process on the shared sandbox."""

    def __call__(self, folder: str = "data", **more: str) -> dict[str, str]: ...


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    running = await start_sandbox()
    yield running
    await running.stop()


@pytest.fixture
def on_sandbox(sandbox: Sandbox, tmp_path: Path) -> Settings:
    """The settings of a process with a token, whose Discord is the sandbox of this test."""

    def build(folder: str = "data", **more: str) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": sandbox.token,
            "DISCORD_API_URL": sandbox.api_url,
            "DISCORD_GATEWAY_URL": sandbox.gateway_url,
            "HOME_GUILD_ID": str(sandbox.home_guild_id),
            "HELIX_DATA_DIR": str(tmp_path / folder),
            "HOST": "127.0.0.1",
            "PORT": "0",
            **more,
        }

    return build


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The settings of a new store; a test that uses it runs on each engine."""
    return new_database(request)


@pytest.fixture(scope="session", params=ENGINES)
def scraped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    """What /metrics says of a process that was used; made once for all tests that read it, on each engine."""
    return asyncio.run(use_everything(tmp_path_factory.mktemp("used"), new_database(request)))


def new_database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of a new store on the engine that is the parameter of a fixture."""
    if request.param == "sqlite":
        return {}
    server: PostgresServer = request.getfixturevalue("postgres")
    return {"DATABASE_URL": server.fresh_url()}
