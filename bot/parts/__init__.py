"""The bot that commands, replies and effects use: discord.py's bot with the parts of Helix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot import catalog
from bot.gateway.command_metrics import CommandMetrics
from bot.gateway.counters import DiscordCounters
from bot.gateway.discord_internals import EarlyBot
from bot.gateway.endpoints import Endpoints
from bot.gateway.invite import intents_needed
from bot.gateway.watch import GatewayWatch
from bot.loading import CogLoader
from bot.parts.duties import Duties
from bot.parts.guild_work import GuildWork

if TYPE_CHECKING:
    from core.cache import Cache
    from core.runtime.kernel import Kernel
    from core.store.kv import KeyValueStore
    from state.collective import Collective
    from state.ports import RouteInfo

SANDBOX_SCOPE = "sandbox#"
_RESULTS_KEPT = 256


class HelixBot(EarlyBot):
    """discord.py's bot with the parts of Helix; each part gets only what it uses.

    Attributes:
        kernel: the services of the process.
        collective: the shared state.
        key_values: the key-value store.
        routes: the routes of the HTTP server, for `discovery`.
        base_url: the start of full links to those routes, without a slash at the end.
        loader: loads the cogs.
        prefix: the prefix of commands, also in texts.
        starts: the possible starts of a command: the prefix and, after the login, mentions of the bot.
        owners: the application's owners and `OWNER_IDS`; complete after the login.
        gateway: the state of the connection.
        duties: the channels for alerts, telemetry, digest and deployments.
        guild_work: the set-up that runs in each server.
    """

    def __init__(
        self,
        kernel: Kernel,
        collective: Collective,
        *,
        routes: tuple[RouteInfo, ...],
        endpoints: Endpoints | None,
        base_url: str | None,
        package: str,
        tree_cls: type[discord.app_commands.CommandTree[Any]],
    ) -> None:
        settings, clock, metrics = kernel.settings, kernel.clock, kernel.metrics
        super().__init__(
            command_prefix=settings.command_prefix,
            strip_after_prefix=True,
            help_command=None,
            tree_cls=tree_cls,
            intents=discord.Intents(**dict.fromkeys(intents_needed(), True)),
            case_insensitive=True,
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing reads old messages, and keeping them costs memory.
            max_messages=None,
            # A message includes its author; requesting all members would delay READY by seconds.
            chunk_guilds_at_startup=False,
        )
        self.kernel = kernel
        self.collective = collective
        self.key_values: KeyValueStore = collective.key_values
        self.routes = routes
        self.base_url = base_url or settings.base_url
        self.endpoints = endpoints or Endpoints(settings.discord_api_url, settings.discord_gateway_url)
        self.prefix = settings.command_prefix
        self.starts: tuple[str, ...] = (self.prefix,)
        self.home_guild_id = settings.home_guild_id
        self.admin_role_id = settings.admin_role_id
        self.owners: frozenset[int] = frozenset(settings.owner_ids)
        self.command_metrics = CommandMetrics(
            metrics,
            clock,
            warn_percent=settings.command_errors_warn_percent,
            fail_percent=settings.command_errors_fail_percent,
            slow_s=settings.command_p95_warn_ms / 1000,
        )
        self.discord_counters = DiscordCounters(metrics)
        self.gateway = GatewayWatch(
            self, clock, metrics, kernel.health, slow_s=settings.gateway_latency_warn_ms / 1000
        )
        self.duties = Duties(settings, self.key_values)
        self.guild_work = GuildWork()
        self.loader = CogLoader(
            self,
            tuple(cog.name for cog in catalog.COGS),
            key_values=self.key_values,
            clock=clock,
            metrics=metrics,
            caches=kernel.caches,
            package=package,
            warn_above=settings.cogs_failed_warn,
        )
        self._results: dict[float, Cache[Any, Any]] = {}

    @property
    def remember_scope(self) -> str:
        """The store's scope for this application on this Discord; call it after the login."""
        place = SANDBOX_SCOPE if self.kernel.settings.in_sandbox else f"{self.endpoints.api_url}#"
        return f"{place}{self.application_id}"

    def result_cache(self, ttl_s: float) -> Cache[Any, Any]:
        """The result cache for data with this TTL; its keys begin with the command's name."""
        cache = self._results.get(ttl_s)
        if cache is None:
            cache = self._results[ttl_s] = self.kernel.caches.create(
                f"commands-{ttl_s:g}s", owner="bot", max_entries=_RESULTS_KEPT, ttl_s=ttl_s
            )
        return cache
