"""Commands that set a server up: its layout, a check of it, and the welcome of new members."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.arguments.channel import TextChannel
from bot.arguments.parsing import parse_action
from bot.cogs.server import _plan, _screens, _services, _verify, _welcome
from bot.cogs.server._layout import PRIVATE
from bot.dispatch.cog import HelixCog, guild_of
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from bot.replies.progress import Progress
from bot.servers import places, self_roles, welcomes
from bot.servers.work import Report, Step, carry_out

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext
    from state.change import JournalRow


class Server(HelixCog, name="server"):
    """Commands about the server in which they are used."""

    @command("setup", action="mode")
    async def setup_server(self, ctx: HelixContext, mode: str | None = None) -> None:
        """Ask for confirmation, then create the missing part of the layout."""
        dry, guild = _plan.parse_mode(mode), guild_of(ctx)
        plan = await _read(guild)
        if dry:
            await ctx.say(embed=_screens.dry_run(plan, self._services(ctx, plan.channels)))
            return
        _plan.check_right(plan, may_create=guild.me.guild_permissions.manage_channels)
        if plan.size:
            question = _screens.question(plan, self._services(ctx, plan.channels))
            if not await confirm(ctx, question, danger=False):
                return
        with self.bot.guild_work.hold(guild.id, "setup") as let_go:
            # Someone else may have changed the server while the question was open.
            plan = await _read(guild)
            builder = places.Builder(
                guild,
                plan.categories,
                plan.channels,
                private=PRIVATE,
                admin_role_id=self.bot.admin_role_id if ctx.caller.at_home else None,
            )
            if not plan.size:
                await ctx.say(embed=await self._assign_channels(ctx, plan, builder, Report(0)))
                return
            async with Progress(ctx, "Setting up", total=plan.size, stoppable=True) as progress:
                report = await carry_out(_steps(plan, builder), progress)
                card = await self._assign_channels(ctx, plan, builder, report)
                let_go()
                await progress.finish(card)

    @command("verify-setup")
    async def verify_setup(self, ctx: HelixContext) -> None:
        """Show what is missing, duplicate or in the way."""
        await self._show_findings(ctx, guild_of(ctx), 0)

    @buttons.component("server", "verify", command="verify-setup")
    async def turn_verify(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current findings."""
        await self._show_findings(press, guild_of(interaction), pages.Turn.of(press).page)

    @command("welcome")
    async def welcome(
        self,
        ctx: HelixContext,
        action: str = "test",
        channel: app_commands.Transform[discord.TextChannel | None, TextChannel] = None,
    ) -> None:
        """Preview the welcome, choose its channel, or switch it off."""
        wanted, guild = parse_action(action, _welcome.ACTIONS), guild_of(ctx)
        store = welcomes.Welcomes(self.bot)
        before = await store.channel_id(guild.id)
        preview = welcomes.card(guild, ctx.author.mention, self.bot.prefix)
        if wanted == "test":
            there = before is not None and guild.get_channel(before) is not None
            now = _screens.welcome_preview(before, self.bot.prefix, there=there)
            await ctx.say(embeds=(now, preview))
        elif wanted == "off":
            await store.off(guild.id)
            if before is not None:
                await self._record(ctx, ctx.caller.actor.row("welcome", "channel", before=str(before)))
            await ctx.say(embed=_screens.welcome_off(was_on=before is not None))
        else:
            if channel is None:
                raise _welcome.WrongChannel(
                    f"Name the channel, such as `{self.bot.prefix}welcome set #general`."
                )
            _welcome.check_channel(channel.name, _lacking(guild, channel))
            await store.set(guild.id, channel.id)
            if before != channel.id:
                old, actor = None if before is None else str(before), ctx.caller.actor
                row = actor.row("welcome", "channel", before=old, after=str(channel.id))
                await self._record(ctx, row)
            await ctx.say(embeds=(_screens.welcome_set(channel.id), preview))

    def _services(self, ctx: HelixContext, channels: Mapping[_plan.Spot, int]) -> _services.Services:
        """The purposes of the channels; none outside the home server."""
        if not ctx.caller.at_home:
            return _services.Services()
        return _services.find_services(channels, self.bot.duties.is_set)

    async def _assign_channels(
        self, ctx: HelixContext, plan: _plan.Plan, builder: places.Builder, report: Report
    ) -> discord.Embed:
        """Assign the channels their purposes, journal the changes, and return the reply."""
        services = self._services(ctx, builder.made)
        changed = {
            duty: str(channel)
            for duty, channel in services.chosen.items()
            if self.bot.duties.channel_id(duty) != channel
        }
        for duty, channel in services.chosen.items():
            await self.bot.duties.remember(duty, channel)
        if report.done or changed:
            after = {"created": report.done, "serving": changed}
            await self._record(ctx, ctx.caller.actor.row("setup", "layout", after=after))
        return _screens.done(plan, report, services, self.bot.prefix)

    async def _record(self, ctx: HelixContext, row: JournalRow) -> None:
        # The journal holds what happens in the home server only.
        if ctx.caller.at_home:
            await self.bot.collective.manager.record(row)

    async def _show_findings(self, asked: Asked, guild: discord.Guild, page: int) -> None:
        found = _verify.verify(
            places.places(guild.channels),
            self_roles.views_of(guild.roles, guild.me),
            guild.me.guild_permissions.value,
            exposed=places.is_exposed(guild.channels, guild, PRIVATE),
        )
        await self.show_page(asked, "verify", _screens.verified(found, page, self.bot.prefix))


async def _read(guild: discord.Guild) -> _plan.Plan:
    """The plan from Discord's answer; the cache may lack what another run has just created."""
    return _plan.plan(places.places(await guild.fetch_channels()))


def _steps(plan: _plan.Plan, builder: places.Builder) -> list[Step]:
    steps = [Step(title, partial(builder.create_category, title)) for title in plan.new_categories]
    return steps + [
        Step(f"#{name} in {title}", partial(builder.create_channel, title, name))
        for title, name in plan.new_channels
    ]


def _lacking(guild: discord.Guild, channel: discord.TextChannel) -> list[str]:
    own = channel.permissions_for(guild.me)
    return [name for flag, name in _welcome.NEEDED if not getattr(own, flag)]


setup = Server.add_to
