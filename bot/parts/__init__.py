"""The bot that commands, replies and effects use: discord.py's bot with the parts of Helix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.gateway.discord_internals import EarlyBot

if TYPE_CHECKING:
    from bot.gateway.command_metrics import CommandMetrics
    from bot.gateway.counters import DiscordCounters
    from bot.gateway.endpoints import Endpoints
    from bot.gateway.watch import GatewayWatch
    from bot.loading import CogLoader
    from bot.parts.duties import Duties
    from bot.parts.everywhere import Everywhere
    from bot.parts.guild_work import GuildWork
    from core.cache import Cache
    from core.runtime.kernel import Kernel
    from core.store.kv import KeyValueStore
    from state.collective import Collective
    from state.ports import RouteInfo

SANDBOX_SCOPE = "sandbox#"
_RESULTS_KEPT = 256


class HelixBot(EarlyBot):
    """discord.py's bot and the parts that `bot.building.build_bot` gives it.

    Attributes:
        kernel: the services of the process.
        collective: the shared state.
        key_values: the key-value store.
        routes: the routes of the HTTP server, for `discovery`.
        base_url: the start of full links to those routes, without a slash at the end.
        endpoints: the addresses of Discord.
        prefix: the prefix of commands, also in texts.
        starts: the possible starts of a command: the prefix and, after the login, mentions of the bot.
        home_guild_id: the server whose members see everything; None if none is set.
        admin_role_id: the role whose members are admins; None if none is set.
        owners: the application's owners and `OWNER_IDS`; complete after the login.
        command_metrics: counts and times of commands.
        discord_counters: counts of commands and interactions.
        gateway: the state of the connection.
        duties: the channels for alerts, telemetry, digest and deployments.
        guild_work: the set-up that runs in each server.
        loader: loads the cogs.
        everywhere: does something in every process that shares the store.
        results: the result caches by their TTL in seconds.
    """

    kernel: Kernel
    collective: Collective
    key_values: KeyValueStore
    routes: tuple[RouteInfo, ...]
    base_url: str
    endpoints: Endpoints
    prefix: str
    starts: tuple[str, ...]
    home_guild_id: int | None
    admin_role_id: int | None
    owners: frozenset[int]
    command_metrics: CommandMetrics
    discord_counters: DiscordCounters
    gateway: GatewayWatch
    duties: Duties
    guild_work: GuildWork
    loader: CogLoader
    everywhere: Everywhere
    results: dict[float, Cache[Any, Any]]

    @property
    def remember_scope(self) -> str:
        """The store's scope for this application and API; read it after the login."""
        place = SANDBOX_SCOPE if self.kernel.settings.in_sandbox else f"{self.endpoints.api_url}#"
        return f"{place}{self.application_id}"

    def result_cache(self, ttl_s: float) -> Cache[Any, Any]:
        """The result cache for data with this TTL; its keys begin with the command's name."""
        cache = self.results.get(ttl_s)
        if cache is None:
            cache = self.results[ttl_s] = self.kernel.caches.create(
                f"commands-{ttl_s:g}s", owner="bot", max_entries=_RESULTS_KEPT, ttl_s=ttl_s
            )
        return cache
