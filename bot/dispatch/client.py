"""The bot that runs commands and loads their cogs."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

import discord

from bot import access, catalog, loading
from bot.arguments import ArgumentView
from bot.dispatch.batch import follows_comments
from bot.dispatch.tree import HelixTree
from bot.gateway import library_log
from bot.gateway.invite import intents_needed
from bot.parts import SANDBOX_SCOPE, HelixBot, duties
from bot.replies import awaited, errors
from bot.replies.buttons import EXPIRED, TEMPLATE, ComponentItem
from bot.replies.context import HelixContext
from bot.replies.responding import whisper
from core.errors import HelixError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.catalog.entry import CommandEntry
    from bot.dispatch.prefix import PrefixRunner

logger = logging.getLogger(__name__)

# The types of messages that may be commands. Others are system messages, whose text someone may have chosen:
# the name of a thread, the topic of a stage.
_SAID = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
# Members of a team who may act for the application (Discord API, "Team Member Roles").
_OWNING_ROLES = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})


class DispatchingBot(HelixBot):
    """The bot that runs a command for each message, slash call or button press; made by `build_bot`."""

    runner: PrefixRunner

    def __init__(self, prefix: str) -> None:
        library_log.quieten()
        super().__init__(
            command_prefix=prefix,
            strip_after_prefix=True,
            help_command=None,
            tree_cls=HelixTree,
            intents=discord.Intents(**dict.fromkeys(intents_needed(), True)),
            case_insensitive=True,
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing reads old messages, and keeping them costs memory.
            max_messages=None,
            # A message includes its author; requesting all members would delay READY by seconds.
            chunk_guilds_at_startup=False,
        )
        self.wrap_parser("MESSAGE_CREATE", self._commands_only)
        self.add_dynamic_items(ComponentItem)

    async def setup_hook(self) -> None:
        """After the login: set the owners and the bot's mentions, and read which cogs are off."""
        self.owners |= _owners_of(self.application)
        if self.kernel.settings.in_sandbox:
            # Each sandbox is a new Discord: records about earlier ones do not apply.
            await self.key_values.forget_scopes(SANDBOX_SCOPE)
        if self.user is not None:
            self.starts = (self.prefix, f"<@{self.user.id}>", f"<@!{self.user.id}>")
            self.command_prefix = self.starts
        await self.duties.load(self.remember_scope)
        await self.loader.open()
        self.collective.reloads.on(duties.KINDS, self.duties.reload)
        self.collective.reloads.on(loading.KINDS, self.loader.follow)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as discord.py
        """Pass an event to its listeners; drop useless events before a task is created."""
        if event_name == "socket_event_type":
            self.gateway.notice_socket_event(args[0])
            return
        if event_name == "interaction":
            self.discord_counters.saw_interaction(args[0])
            if not _comes_from_a_component(args[0]) and not self.is_awaited("interaction"):
                return
        elif event_name != "message":
            self.gateway.notice(event_name)
        super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Run the commands of a message, unless Helix is stopping."""
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
        await self.runner.run(message)

    async def on_interaction(self, interaction: discord.Interaction[Any], /) -> None:
        """Answer what discord.py drops: forms and components without a handler."""
        if not _comes_from_a_component(interaction) or _is_routed(interaction):
            return
        if awaited.is_claimed(interaction):
            return
        try:
            await whisper(interaction, EXPIRED)
        except errors.UNSENT as error:
            logger.info("interaction.untold error=%s", type(error).__name__)

    async def get_context(
        self,
        origin: discord.Message | discord.Interaction[Any],
        /,
        *,
        cls: Any = HelixContext,  # noqa: ANN401 - as discord.py; its overloads cannot be narrowed
    ) -> Any:  # noqa: ANN401 - likewise
        """The context of a message or interaction; loads the cog of the command.

        If that fails, the context has no command, and its `lookup_error` holds the reason.
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

    def _commands_only(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        """A parser that drops messages without a command before discord.py builds objects and a task.

        Most messages that a bot receives are conversations between people.
        """

        def parse_commands(data: dict[str, Any]) -> None:
            if self.is_awaited("message") or (
                self._is_for_us(data["content"], data["type"], private="guild_id" not in data)
                and "webhook_id" not in data
                and not data["author"].get("bot", False)
            ):
                parse(data)

        return parse_commands

    def _is_for_us(self, content: str, kind: int, *, private: bool) -> bool:
        if private or content.startswith(self.starts):
            return kind in _SAID
        return content[:1] == "#" and kind in _SAID and follows_comments(content, self.starts)


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
    """Whether `ComponentItem` answers it: only a component that is in the message, never a form."""
    data = cast("dict[str, Any]", interaction.data or {})
    custom_id, kind = str(data.get("custom_id", "")), data.get("component_type")
    if interaction.type is not discord.InteractionType.component or interaction.message is None:
        return False
    held = (item for row in interaction.message.components for item in getattr(row, "children", ()))
    return TEMPLATE.fullmatch(custom_id) is not None and any(
        getattr(item, "custom_id", None) == custom_id and item.type.value == kind for item in held
    )


def _comes_from_a_component(interaction: discord.Interaction[Any]) -> bool:
    return interaction.type in {discord.InteractionType.component, discord.InteractionType.modal_submit}
