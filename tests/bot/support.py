"""The real client on the sandbox, with a kernel and a collective of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bot.app import BotService, create_bot
from bot.client import HelixBot
from bot.endpoints import Endpoints
from bot.schema import BOT_MIGRATIONS
from core.clock import Clock
from core.database import Database
from core.kernel import Kernel, build_kernel
from core.schema import CORE_MIGRATIONS
from core.secret import Secret
from core.settings import Settings
from core.version import VERSION
from sandbox import Sandbox
from state.collective import Collective
from state.ports import RouteInfo
from state.schema import STATE_MIGRATIONS

ROUTES = (
    RouteInfo(method="GET", path="/status", summary="How everything is.", ttl_s=5.0, needs_token="read"),
    RouteInfo(method="GET", path="/health/live", summary="200 as long as the loop turns."),
)


@dataclass
class RunningBot:
    """A bot that is READY on a sandbox, and what it stands on."""

    sandbox: Sandbox
    kernel: Kernel
    collective: Collective
    service: BotService
    bot: HelixBot = field(init=False)

    def __post_init__(self) -> None:
        self.bot = self.service.bot


def settings_for(sandbox: Sandbox, data_dir: Path, **changes: Any) -> Settings:
    """Settings that point at the sandbox."""
    settings = Settings(
        discord_token=Secret(sandbox.token),
        discord_api_url=sandbox.api_url,
        discord_gateway_url=sandbox.gateway_url,
        home_guild_id=sandbox.home_guild_id,
        data_dir=data_dir,
        in_sandbox=True,
    )
    return msgspec.structs.replace(settings, **changes)


@asynccontextmanager
async def opened_collective(
    settings: Settings, clock: Clock | None = None
) -> AsyncIterator[tuple[Kernel, Collective]]:
    """A kernel and a collective on a database in the settings' data folder; nothing is supervised yet."""
    kernel = build_kernel(settings) if clock is None else build_kernel(settings, clock)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = await Database.open(
        settings.data_dir / "helix.db",
        (*CORE_MIGRATIONS, *STATE_MIGRATIONS, *BOT_MIGRATIONS),
        app_version=VERSION,
    )
    try:
        collective = await Collective.open(kernel, database)
        try:
            yield kernel, collective
        finally:
            await collective.close()
    finally:
        await database.close()


@asynccontextmanager
async def running(
    sandbox: Sandbox,
    data_dir: Path,
    *,
    package: str = "bot.cogs",
    clock: Clock | None = None,
    **changes: Any,
) -> AsyncIterator[RunningBot]:
    """A bot that is READY on `sandbox`, with its data in `data_dir`; `changes` are settings."""
    async with opened_collective(settings_for(sandbox, data_dir, **changes), clock) as (kernel, collective):
        service = create_bot(
            kernel,
            collective,
            routes=ROUTES,
            endpoints=Endpoints(sandbox.api_url, sandbox.gateway_url, sandbox.cdn_url),
            package=package,
        )
        kernel.supervisor.start()
        try:
            await service.start()
            yield RunningBot(sandbox, kernel, collective, service)
        finally:
            await service.stop()
            await kernel.supervisor.stop(1.0)
