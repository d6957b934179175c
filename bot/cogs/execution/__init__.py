"""Commands that submit, show and cancel directives, and halt or resume Manus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import access, catalog
from bot.access import whom
from bot.arguments.completion import choices
from bot.cogs.execution import _jobs, _run, _screens
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext
    from state.directives.records import Directive

_MOST_OFFERED = 25


class Execution(commands.Cog, name="execution"):
    """Commands about directives."""

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @command("run")
    async def run(self, ctx: HelixContext, *, directive: str) -> None:
        """Submit a directive and show its progress."""
        directives = self.bot.collective.directives
        asked = await directives.submit(directive, actor=ctx.caller.actor, rank=_run.rank_of(ctx.caller))
        followed = _run.Followed(asked, whom=self._whom_to_ask(asked, ctx))
        if not asked.open:
            await ctx.say(embed=_screens.followed(followed))
            return
        await _run.refresh(directives, followed)
        async with Progress(ctx, asked.text, total=1, card=lambda: _screens.followed(followed)) as progress:
            await _run.follow(directives, followed, progress.redraw, self.bot.kernel.drain)
            await progress.finish(_screens.followed(followed))

    @command("jobs")
    async def jobs(self, ctx: HelixContext, job: str | None = None) -> None:
        """Show the queue, or one directive with its log."""
        if job is not None:
            embed, view = await self._job(_jobs.parse_number(job), ctx.caller, ctx.author.id)
        else:
            embed, view = await self._queue(0, ctx.author.id, show_people=ctx.at_home)
        await ctx.say(embed=embed, view=view)

    @buttons.component("execution", "jobs", command="jobs")
    async def turn_jobs(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current queue."""
        show_people = access.caller_of(interaction).sees_names
        page = pages.Turn.of(press).page
        embed, view = await self._queue(page, press.user_id, show_people=show_people)
        await press.answer.update(embed=embed, view=view)

    @buttons.component("execution", "job", command="jobs")
    async def open_job(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show one directive, chosen from the list or refreshed."""
        number = _jobs.parse_number(press.values[0] if press.values else press.payload)
        embed, view = await self._job(number, access.caller_of(interaction), press.user_id)
        await press.answer.update(embed=embed, view=view)

    @buttons.component("execution", "cancel", command="run")
    async def cancel(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Cancel a directive that waits."""
        caller = access.caller_of(interaction)
        number = _jobs.parse_number(press.payload)
        await self.bot.collective.directives.cancel(number, caller.actor)
        embed, view = await self._job(number, caller, press.user_id)
        await press.answer.update(embed=embed, view=view)

    @command("halt")
    async def halt(self, ctx: HelixContext, *, reason: str | None = None) -> None:
        """Halt Manus at once, without asking for confirmation."""
        directives = self.bot.collective.directives
        outcome = await directives.halt(ctx.caller.actor, reason)
        waiting = directives.counts["queued"]
        await ctx.say(
            embed=_screens.halted(directives.halted, outcome, waiting=waiting, show_people=ctx.at_home)
        )

    @command("resume")
    async def resume(self, ctx: HelixContext) -> None:
        """Let Manus work again."""
        directives = self.bot.collective.directives
        first = await directives.resume(ctx.caller.actor)
        await ctx.say(embed=_screens.resumed(first=first, waiting=directives.counts["queued"]))

    @run.autocomplete("directive")
    async def complete_directive(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest directives that this member may run."""
        return choices(_run.offers(_run.rank_of(access.caller_of(interaction))), current)

    @jobs.autocomplete("job")
    async def complete_job(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest the newest directives, by number or text."""
        found = [
            app_commands.Choice(name=f"{one.id}: {one.text}"[:100], value=str(one.id))
            for one in await self.bot.collective.directives.newest()
            if current.strip().casefold() in f"{one.id}: {one.text}".casefold()
        ]
        return found[:_MOST_OFFERED]

    def _whom_to_ask(self, asked: Directive, ctx: HelixContext) -> str:
        """Whom to ask, if the policy refused this caller the directive; else empty."""
        needed = _run.lacking(asked, ctx.caller)
        return "" if needed is None else whom.to_ask(self.bot, ctx.guild, needed, local=False)

    async def _queue(
        self, page: int, user_id: int, *, show_people: bool
    ) -> tuple[discord.Embed, discord.ui.View | None]:
        queue = await _jobs.fetch_queue(self.bot.collective.directives, show_people=show_people)
        cut = _screens.queue_pages(queue)
        page = pages.within(page, len(cut))
        view = await pages.view(self.bot, "execution", "jobs", user_id, page=page, count=len(cut))
        if cut[page]:
            view = view or discord.ui.View(timeout=None)
            view.add_item(
                await buttons.select(
                    self.bot,
                    "execution",
                    "job",
                    user_id,
                    options=_screens.options(cut[page]),
                    placeholder="Open a directive",
                )
            )
        return _screens.queue(queue, page), view

    async def _job(
        self, number: int, caller: access.Caller, user_id: int
    ) -> tuple[discord.Embed, discord.ui.View | None]:
        directives = self.bot.collective.directives
        job = await _jobs.fetch_job(directives, number, show_people=caller.sees_names)
        items = []
        if job.directive.open:
            items.append(
                await buttons.button(self.bot, "execution", "job", user_id, str(number), label="Refresh")
            )
        if job.directive.status == "queued" and _may_run(caller):
            items.append(
                await buttons.button(
                    self.bot,
                    "execution",
                    "cancel",
                    user_id,
                    str(number),
                    label="Cancel",
                    style=discord.ButtonStyle.danger,
                )
            )
        return _screens.job(job), buttons.view_of(*items) if items else None


def _may_run(caller: access.Caller) -> bool:
    entry = catalog.find("run")
    return entry is not None and access.decide(entry.access, None, caller, entry.where) is None


async def setup(bot: HelixBot) -> None:
    """Add the cog."""
    await bot.add_cog(Execution(bot))
