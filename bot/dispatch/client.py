"""HelixBot: from a message or an interaction to the command, loading cogs on the way."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

import discord
from discord.ext import commands

from bot import access, catalog
from bot.arguments import ArgumentView
from bot.dispatch.batch import follows_comments
from bot.dispatch.prefix import PrefixRunner
from bot.dispatch.tree import HelixTree
from bot.gateway import library_log
from bot.gateway.command_metrics import CommandMetrics
from bot.gateway.counters import DiscordCounters
from bot.gateway.endpoints import Endpoints
from bot.gateway.invite import intents_needed
from bot.gateway.watch import GatewayWatch
from bot.loading import CogLoader
from bot.parts.duties import Duties
from bot.replies import awaited, errors
from bot.replies.buttons import EXPIRED, ComponentItem
from bot.replies.context import HelixContext
from bot.servers.work import GuildWork
from core.errors import HelixError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.catalog.entry import CommandEntry
    from core.cache import Cache
    from core.runtime.kernel import Kernel
    from core.store.kv import KeyValue
    from state.collective import Collective
    from state.ports import RouteInfo

logger = logging.getLogger(__name__)

_RESULTS_KEPT = 256
_SANDBOX_SCOPE = "sandbox#"
# The types of messages that may be commands; with any other the system tells of something, in words that
# somebody chose: the name of a thread, the topic of a stage.
_SAID = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
# Members of a team who may act for the application (Discord API, "Team Member Roles").
_OWNING_ROLES = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})


class HelixBot(commands.Bot):
    """The Discord side of Helix.

    Attributes:
        kernel: the mechanisms of the process.
        collective: the shared state.
        routes: what the HTTP server serves, for `discovery`.
        base_url: what full links to those routes start with, without a slash at the end.
        loader: what loads the cogs.
        prefix: what a command starts with in texts that show one.
        starts: all that a command may start with: the prefix and, once logged in, mentions of the bot.
        owners: the application's owners and `OWNER_IDS`; complete once logged in.
        gateway: how the connection is.
        duties: which channel serves alerts, telemetry, digest and deployments.
        guild_work: what is being set up in which server.
    """

    def __init__(
        self,
        kernel: Kernel,
        collective: Collective,
        *,
        routes: tuple[RouteInfo, ...] = (),
        endpoints: Endpoints | None = None,
        base_url: str | None = None,
        package: str = "bot.cogs",
    ) -> None:
        settings = kernel.settings
        library_log.quieten()
        super().__init__(
            command_prefix=settings.command_prefix,
            strip_after_prefix=True,
            help_command=None,
            tree_cls=HelixTree,
            intents=_intents(),
            case_insensitive=True,
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing here reads old messages, and each one kept costs memory.
            max_messages=None,
            # Who speaks comes with the message; asking for everyone would delay READY by seconds.
            chunk_guilds_at_startup=False,
        )
        self.kernel = kernel
        self.collective = collective
        self.routes = routes
        self.base_url = base_url or settings.base_url
        self.endpoints = endpoints or Endpoints(settings.discord_api_url, settings.discord_gateway_url)
        self.prefix = settings.command_prefix
        self.home_guild_id = settings.home_guild_id
        self.admin_role_id = settings.admin_role_id
        self.owners: frozenset[int] = frozenset(settings.owner_ids)
        self.command_metrics = CommandMetrics(
            kernel.metrics,
            kernel.clock,
            warn_percent=kernel.settings.command_errors_warn_percent,
            fail_percent=kernel.settings.command_errors_fail_percent,
            slow_s=kernel.settings.command_p95_warn_ms / 1000,
        )
        self.discord_counters = DiscordCounters(kernel.metrics)
        self.gateway = GatewayWatch(self, kernel.clock, kernel.metrics)
        self.duties = Duties(self)
        self.guild_work = GuildWork()
        self.loader = CogLoader(
            self,
            tuple(cog.name for cog in catalog.COGS),
            remembered=collective.remembered,
            clock=kernel.clock,
            metrics=kernel.metrics,
            caches=kernel.caches,
            package=package,
            warn_above=kernel.settings.cogs_failed_warn,
        )
        self._runner = PrefixRunner(self)
        self._hear_commands_only()
        self._results: dict[float, Cache[Any, Any]] = {}
        self.starts: tuple[str, ...] = (self.prefix,)
        self.add_dynamic_items(ComponentItem)

    @property
    def remembered(self) -> KeyValue:
        """Small things to remember across restarts."""
        return self.collective.remembered

    @property
    def remember_scope(self) -> str:
        """Under which scope things are remembered about this application on this Discord; once logged in."""
        place = _SANDBOX_SCOPE if self.kernel.settings.in_sandbox else f"{self.endpoints.api_url}#"
        return f"{place}{self.application_id}"

    def result_cache(self, ttl_s: float) -> Cache[Any, Any]:
        """The result cache for data with this TTL; its keys begin with the command's name."""
        cache = self._results.get(ttl_s)
        if cache is None:
            cache = self._results[ttl_s] = self.kernel.caches.create(
                f"commands-{ttl_s:g}s", owner="bot", max_entries=_RESULTS_KEPT, ttl_s=ttl_s
            )
        return cache

    def count_commands(self) -> int:
        """How many commands can be run, loaded or not."""
        return len(catalog.ENTRIES)

    async def setup_hook(self) -> None:
        """After the login: who owns the application, how a mention of the bot reads, which cogs are off."""
        self.owners |= _owners_of(self.application)
        if self.kernel.settings.in_sandbox:
            # Each sandbox is a new Discord: nothing that was remembered about the ones before applies.
            await self.remembered.forget_scopes(_SANDBOX_SCOPE)
        if self.user is not None:
            self.starts = (self.prefix, f"<@{self.user.id}>", f"<@!{self.user.id}>")
            self.command_prefix = self.starts
        await self.duties.load()
        await self.loader.open()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as discord.py
        """Hand an event to its listeners; what is of no use to anybody is dropped before a task is made."""
        if event_name == "socket_event_type":
            self.gateway.notice_socket_event(args[0])
            return
        if event_name == "interaction":
            self.discord_counters.saw_interaction(args[0])
            if not _comes_from_a_component(args[0]) and not self._is_awaited("interaction"):
                return
        elif event_name != "message":
            self.gateway.notice(event_name)
        super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Run the command, or the commands, in a message, unless a stop has begun."""
        drain = self.kernel.drain
        from_bot = message.author.bot or message.webhook_id is not None
        private = isinstance(message.channel, discord.DMChannel)
        if not drain.accepting or from_bot:
            return
        if not self._is_for_us(message.content, message.type.value, private=private):
            return
        task = asyncio.current_task()
        if task is not None:
            drain.track(task, "command")
        await self._runner.run(message)

    async def on_interaction(self, interaction: discord.Interaction[Any], /) -> None:
        """Answer what discord.py drops: forms and components that nobody knows any more."""
        if not _comes_from_a_component(interaction) or _is_routed(interaction):
            return
        if awaited.is_claimed(interaction):
            return
        try:
            await errors.whisper(interaction, EXPIRED)
        except errors.UNSENT as error:
            logger.info("interaction.untold error=%s", type(error).__name__)

    async def get_context(
        self,
        origin: discord.Message | discord.Interaction[Any],
        /,
        *,
        cls: Any = HelixContext,  # noqa: ANN401 - as discord.py; its overloads cannot be narrowed
    ) -> Any:  # noqa: ANN401 - likewise
        """The context of a message or interaction; the cog of a command in the catalog is loaded here.

        Why it could not be is in the context's `lookup_error`, and the context then has no command.
        """
        ctx = await super().get_context(origin, cls=cls)
        if isinstance(origin, discord.Message) and ctx.invoked_with:
            entry = catalog.find(ctx.invoked_with)
            if entry is not None:
                ctx.view = ArgumentView(ctx.view, verbatim=any(param.verbatim for param in entry.params))
                if ctx.command is None or not self.loader.is_ready(entry.cog):
                    await self._look_up(ctx, entry)
        return ctx

    async def _look_up(self, ctx: HelixContext, entry: CommandEntry) -> None:
        ctx.command = None
        try:
            access.enforce(entry, None, ctx)
            await self.loader.ensure(entry.cog)
        except HelixError as error:
            ctx.lookup_error = error
        else:
            ctx.command = self.all_commands.get(ctx.invoked_with or "")

    def _hear_commands_only(self) -> None:
        """Drop a message that is no command before discord.py makes objects, and a task, of it."""
        # Most of what a bot hears is people talking to each other; discord.py has no public place this early.
        parsers: dict[str, Callable[[Any], None]] = self._connection.parsers
        parse = parsers["MESSAGE_CREATE"]

        def parse_commands(data: dict[str, Any]) -> None:
            if self._is_awaited("message") or (
                self._is_for_us(data["content"], data["type"], private="guild_id" not in data)
                and "webhook_id" not in data
                and not data["author"].get("bot", False)
            ):
                parse(data)

        parsers["MESSAGE_CREATE"] = parse_commands

    def _is_for_us(self, content: str, kind: int, *, private: bool) -> bool:
        if private or content.startswith(self.starts):
            return kind in _SAID
        return content[:1] == "#" and kind in _SAID and follows_comments(content, self.starts)

    def _is_awaited(self, event: str) -> bool:
        # discord.py keeps the futures of `wait_for` here, and has no other place to ask.
        return bool(self._listeners.get(event)) or bool(self.extra_events.get(f"on_{event}"))


def _intents() -> discord.Intents:
    return discord.Intents(**dict.fromkeys(intents_needed(), True))


def _owners_of(application: discord.AppInfo | None) -> frozenset[int]:
    if application is None:
        return frozenset()
    if application.team is None:
        return frozenset({application.owner.id})
    accepted = discord.TeamMembershipState.accepted
    owners = {
        member.id
        for member in application.team.members
        if member.role in _OWNING_ROLES and member.membership_state is accepted
    }
    if application.team.owner_id is not None:
        owners.add(application.team.owner_id)
    return frozenset(owners)


def _is_routed(interaction: discord.Interaction[Any]) -> bool:
    """Whether `ComponentItem` answers it: never a form, and only what stands in the message."""
    data = cast("dict[str, Any]", interaction.data or {})
    custom_id, kind = str(data.get("custom_id", "")), data.get("component_type")
    if interaction.type is not discord.InteractionType.component or interaction.message is None:
        return False
    held = (item for row in interaction.message.components for item in getattr(row, "children", ()))
    return ComponentItem.__discord_ui_compiled_template__.fullmatch(custom_id) is not None and any(
        getattr(item, "custom_id", None) == custom_id and item.type.value == kind for item in held
    )


def _comes_from_a_component(interaction: discord.Interaction[Any]) -> bool:
    return interaction.type in {discord.InteractionType.component, discord.InteractionType.modal_submit}
