"""Events in and out: deliveries, sending them again, breakers, and test events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.webhooks import _deliveries, _screens
from bot.command import command
from bot.completion import choices
from state import event_samples

if TYPE_CHECKING:
    from bot.client import HelixBot
    from bot.context import HelixContext


class Webhooks(commands.Cog, name="webhooks"):
    """Commands about webhooks."""

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @command("webhooks")
    async def webhooks(self, ctx: HelixContext, view: str | None = None, page: int = 1) -> None:
        """A list of deliveries, or one delivery."""
        wanted = _deliveries.parse_view(view)
        _deliveries.check_page(page)
        await ctx.say(embed=_screens.deliveries(wanted))

    @command("replay")
    async def replay(self, ctx: HelixContext, target: str, since: str | None = None) -> None:
        """Send deliveries again."""
        await ctx.say(embed=_screens.nothing_to_replay(_deliveries.parse_target(target, since)))

    @command("breakers", action="action")
    async def breakers(self, ctx: HelixContext, action: str = "list", *, name: str | None = None) -> None:
        """Every breaker; reset or trip one."""
        wanted = _deliveries.parse_action(action)
        if wanted != "list":
            raise _deliveries.refuse_breaker(wanted, name)
        await ctx.say(embed=_screens.breakers())

    @command("emit")
    async def emit(self, ctx: HelixContext, event: str, *, json: str | None = None) -> None:
        """Hand an event to whoever listens, marked as a test."""
        kernel = self.bot.kernel
        made = event_samples.build_from_text(event, json or "", kernel.clock.now())
        row = ctx.caller.actor.row("event", event_samples.find_type(event), reason="a test event")
        await self.bot.collective.manager.record(row)
        listeners = event_samples.announce_test(kernel.broadcaster, made)
        await ctx.say(embed=_screens.emitted(made, listeners))

    @webhooks.autocomplete("view")
    async def complete_view(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """The four lists."""
        return choices(_deliveries.VIEWS, current)

    @replay.autocomplete("target")
    async def complete_target(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """What stands for all that has failed."""
        return choices((_deliveries.FAILED,), current)

    @emit.autocomplete("event")
    async def complete_event(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Every type of event."""
        return choices(event_samples.event_types(), current)


async def setup(bot: HelixBot) -> None:
    """What the loader calls."""
    await bot.add_cog(Webhooks(bot))
