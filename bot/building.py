"""Builds the bot from the kernel, the shared state and the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import catalog
from bot.dispatch.client import DispatchingBot
from bot.dispatch.prefix import PrefixRunner
from bot.gateway.command_metrics import CommandMetrics
from bot.gateway.counters import DiscordCounters
from bot.gateway.endpoints import Endpoints
from bot.gateway.watch import GatewayWatch
from bot.loading import CogLoader
from bot.parts.duties import Duties
from bot.parts.everywhere import Everywhere
from bot.parts.guild_work import GuildWork

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from state.collective import Collective
    from state.ports import RouteInfo


def build_bot(
    kernel: Kernel,
    collective: Collective,
    *,
    routes: tuple[RouteInfo, ...] = (),
    endpoints: Endpoints | None = None,
    base_url: str | None = None,
    package: str = "bot.cogs",
) -> DispatchingBot:
    """A bot with all its parts, not logged in; each part gets only what it uses.

    Args:
        kernel: the services of the process; its settings hold the token.
        collective: the shared state.
        routes: the routes of the HTTP server.
        endpoints: the addresses of Discord; by default those of the settings.
        base_url: the start of full links; by default that of the settings.
        package: the package of the cogs.
    """
    settings, clock, metrics = kernel.settings, kernel.clock, kernel.metrics
    bot = DispatchingBot(settings.command_prefix)
    bot.kernel, bot.collective, bot.key_values = kernel, collective, collective.key_values
    bot.routes = routes
    bot.base_url = base_url or settings.base_url
    bot.endpoints = endpoints or Endpoints(settings.discord_api_url, settings.discord_gateway_url)
    bot.prefix = settings.command_prefix
    bot.starts = (bot.prefix,)
    bot.home_guild_id, bot.admin_role_id = settings.home_guild_id, settings.admin_role_id
    bot.owners = frozenset(settings.owner_ids)
    bot.command_metrics = CommandMetrics(
        metrics,
        clock,
        warn_percent=settings.command_errors_warn_percent,
        fail_percent=settings.command_errors_fail_percent,
        slow_s=settings.command_p95_warn_ms / 1000,
    )
    bot.discord_counters = DiscordCounters(metrics)
    slow_s = settings.gateway_latency_warn_ms / 1000
    bot.gateway = GatewayWatch(bot, clock, metrics, kernel.health, slow_s=slow_s)
    bot.duties = Duties(settings, bot.key_values)
    bot.guild_work = GuildWork()
    bot.loader = CogLoader(
        bot,
        tuple(cog.name for cog in catalog.COGS),
        key_values=bot.key_values,
        clock=clock,
        metrics=metrics,
        caches=kernel.caches,
        package=package,
        warn_above=settings.cogs_failed_warn,
    )
    bot.everywhere = Everywhere(
        collective.database.members,
        loader=bot.loader,
        flags=kernel.flags,
        caches=kernel.caches,
        projector=collective.projector,
    )
    bot.results = {}
    bot.runner = PrefixRunner(bot)
    return bot
