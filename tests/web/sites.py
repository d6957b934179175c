"""Starts a real server on a real socket, over a real collective on a real file, on whichever loop runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.version import VERSION
from state.opening import open_collective
from state.ports import CommandInfo
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.web.helpers import MakeSite, Site
from web.app import WebServer
from web.routes.table import ROUTES
from web.routing import RouteSpec

_COMMANDS = (
    CommandInfo(name="status", cog="monitoring", usage="status", summary="How the collective is."),
    CommandInfo(name="dream", cog="dreams", usage="dream", summary="What it dreams of."),
)


@asynccontextmanager
async def sites(path: Path) -> AsyncIterator[MakeSite]:
    """Gives the way to start servers that keep their files under `path`; all have stopped at the end."""
    async with AsyncExitStack() as stack:

        async def make(routes: tuple[RouteSpec, ...] = ROUTES, **settings: Any) -> Site:
            folder = path / "data"
            folder.mkdir(exist_ok=True)
            clock = ManualClock()
            values = {
                "port": 0,
                "port_is_set": True,
                "data_dir": folder,
                "shutdown_s": 1.2,
                # Every client of a test has the same address.
                "max_connections_per_client": 0,
                "sandbox_hosts": ("helix.test", "x"),
                **settings,
            }
            kernel = build_kernel(Settings(**values), clock)
            database = await SqliteStore.open(
                folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version=VERSION
            )
            stack.push_async_callback(database.close)
            collective = await open_collective(kernel, database)
            stack.push_async_callback(collective.close)
            server = WebServer(kernel, collective, commands=_COMMANDS, routes=routes, sleep=clock.sleep)
            await server.start()
            stack.push_async_callback(server.stop)
            return Site(kernel, collective, server, clock, stack)

        yield make
