"""`@command("status")` turns a cog's method into the command that the catalog describes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot import access, catalog
from bot.catalog.entry import CommandEntry
from bot.dispatch.cooldowns import ActionCooldowns, UserCooldowns
from bot.gateway.discord_internals import drop_choices
from bot.replies import errors
from bot.replies.context import HelixContext
from core.text.surrogates import find_half

Method = TypeVar("Method", bound=Callable[..., Coroutine[Any, Any, None]])

# discord.py's own limit for the choices of one option (Discord API, "Application Command Option").
_MOST_CHOICES = 25


class HelixCommand(commands.HybridCommand[Any, ..., None]):
    """A prefix and slash command that takes all but its body from its catalog entry.

    Attributes:
        entry: the catalog entry.
        action_param: the argument whose first word names the action, if access differs by action.
    """

    def __init__(
        self,
        func: Callable[..., Coroutine[Any, Any, None]],
        /,
        *,
        entry: CommandEntry,
        action_param: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - discord.py's own, which it passes again for each copy
    ) -> None:
        super().__init__(func, **kwargs)
        self.entry = entry
        self.action_param = action_param

    async def can_run(self, ctx: commands.Context[Any], /) -> bool:
        """True if the caller has access; raises otherwise. There are no other checks."""
        self._check(ctx, None)
        return True

    async def call_before_hooks(self, ctx: commands.Context[Any], /) -> None:
        """After parsing the arguments, check the action's access and count the use."""
        if self.action_param is not None:
            self._check(ctx, self._action(ctx, self.action_param))
        self._refuse_halves(ctx)
        ctx.bot.loader.count_use(self.entry.cog)
        await super().call_before_hooks(ctx)

    async def dispatch_error(self, ctx: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Answer the error before the command ends, so that a waiting caller waits for the answer too."""
        ctx.command_failed = True
        context = _helix(ctx)
        context.outcome = await errors.report(context, error, where=self.entry.name)

    def autocomplete(self, name: str) -> Callable[[Any], Any]:
        """discord.py's decorator; drops fixed choices, since an option cannot have both."""
        if self.app_command is not None:
            drop_choices(self.app_command, name)
        return super().autocomplete(name)

    def is_quick(self, ctx: commands.Context[Any], /) -> bool:
        """Whether this use has the usual cooldown: its action is quick or unknown."""
        param = next((one for one in self.entry.params if one.name == self.action_param), None)
        if param is None:
            return False
        action = self._action(ctx, param.name) or param.default or ""
        return action in self.entry.quick or (action != "" and action not in param.choices)

    def _check(self, ctx: commands.Context[Any], action: str | None) -> None:
        try:
            access.enforce(self.entry, action, _helix(ctx))
        except access.Refusal as refusal:
            # discord.py handles only errors of its own kind here; the handler unwraps it.
            raise commands.CheckFailure(str(refusal)) from refusal

    def _refuse_halves(self, ctx: commands.Context[Any]) -> None:
        """Raise if a text contains half a surrogate pair: it can be neither stored nor sent."""
        # By prefix, positional arguments follow the cog and the context.
        for name, value in (*zip(self.clean_params, ctx.args[2:], strict=False), *ctx.kwargs.items()):
            place = find_half(value) if isinstance(value, str) else None
            if place is not None:
                raise commands.BadArgument(
                    f"Character {place + 1} of `{name}` is half of a character. Leave it out."
                )

    def _action(self, ctx: commands.Context[Any], name: str) -> str | None:
        if name in ctx.kwargs:
            value = ctx.kwargs[name]
        else:
            # By prefix, positional arguments follow the cog and the context.
            given, index = ctx.args[2:], list(self.clean_params).index(name)
            value = given[index] if index < len(given) else None
        words = value.split() if isinstance(value, str) else []
        return words[0].casefold() if words else None


def command(name: str, *, action: str | None = None) -> Callable[[Method], HelixCommand]:
    """Decorate a cog's async method `(self, ctx, …)` as the command `name` of the catalog.

    Args:
        name: the entry's own name.
        action: the parameter whose first word selects from the entry's `Access.actions`.

    Raises:
        LookupError: the catalog has no such command.
        TypeError: the method's parameters differ from the entry's in name or order.
    """
    entry = catalog.find(name)
    if entry is None or entry.name != name:
        raise LookupError(f"the catalog has no command {name!r}")

    def make(method: Method) -> HelixCommand:
        _compare(method, entry, action)
        if entry.params:
            app_commands.describe(**{param.name: param.meaning for param in entry.params})(method)
        _offer_choices(method, entry)
        app_commands.allowed_contexts(
            guilds="server" in entry.where, dms="dm" in entry.where, private_channels=False
        )(method)
        return HelixCommand(
            method,
            entry=entry,
            action_param=action,
            name=entry.name,
            aliases=list(entry.aliases),
            help=entry.summary,
            description=entry.summary,
            usage=entry.usage,
            ignore_extra=True,
            cooldown=ActionCooldowns(entry.cooldown, _is_quick)
            if entry.quick
            else UserCooldowns(entry.cooldown),
            # The action is known only after parsing.
            cooldown_after_parsing=bool(entry.quick),
        )

    return make


def _is_quick(ctx: commands.Context[Any]) -> bool:
    return isinstance(ctx.command, HelixCommand) and ctx.command.is_quick(ctx)


def _compare(method: Callable[..., Any], entry: CommandEntry, action: str | None) -> None:
    declared = list(inspect.signature(method).parameters)[2:]
    wanted = [param.name for param in entry.params]
    if declared != wanted:
        raise TypeError(f"{entry.name}: the catalog has the arguments {wanted}, the method has {declared}")
    if action is not None and action not in wanted:
        raise TypeError(f"{entry.name} has no argument {action!r}")
    if entry.access.actions and action is None:
        raise TypeError(f"{entry.name}: its actions differ in access, so name the argument that selects one")
    if entry.quick and action is None:
        raise TypeError(
            f"{entry.name}: its actions differ in cooldown, so name the argument that selects one"
        )


def _offer_choices(method: Callable[..., Any], entry: CommandEntry) -> None:
    annotations = {name: param.annotation for name, param in inspect.signature(method).parameters.items()}
    for param in entry.params:
        text = annotations[param.name] in {str, "str", "str | None", str | None}
        if param.choices and text:
            offered = [discord.app_commands.Choice(name=one, value=one) for one in param.choices]
            app_commands.choices(**{param.name: offered[:_MOST_CHOICES]})(method)


def _helix(ctx: commands.Context[Any]) -> HelixContext:
    if not isinstance(ctx, HelixContext):
        raise TypeError("Helix' commands run in a HelixContext")
    return ctx
