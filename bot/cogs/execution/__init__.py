"""Commands that submit, show and cancel directives, and halt or resume Manus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import access
from bot.access import whom
from bot.arguments.completion import suggesting
from bot.cogs.execution import _jobs, _run, _screens
from bot.dispatch.cog import HelixCog, may, show
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext
    from state.directives.records import Directive

_MOST_OFFERED = 25


class Execution(HelixCog, name="execution"):
    """Commands about directives."""

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
            await self._show_job(ctx, _jobs.parse_number(job))
        else:
            await self._show_queue(ctx, 0)

    @buttons.component("execution", "jobs", command="jobs")
    async def turn_jobs(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current queue."""
        await self._show_queue(press, pages.Turn.of(press).page)

    @buttons.component("execution", "job", command="jobs")
    async def open_job(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show one directive, chosen from the list or refreshed."""
        number = _jobs.parse_number(press.values[0] if press.values else press.payload)
        await self._show_job(press, number)

    @buttons.component("execution", "cancel", command="run")
    async def cancel(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Cancel a directive that waits."""
        number = _jobs.parse_number(press.payload)
        await self.bot.collective.directives.cancel(number, press.caller.actor)
        await self._show_job(press, number)

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

    run.autocomplete("directive")(
        suggesting(lambda asked: _run.offers(_run.rank_of(access.caller_of(asked))))
    )

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

    async def _show_queue(self, asked: Asked, number: int) -> None:
        directives = self.bot.collective.directives
        newest = await directives.newest(_jobs.MOST_SHOWN)
        page = pages.share(newest, number, per_page=_screens.JOBS_PER_PAGE)
        items = []
        if page.parts:
            options = _screens.options(page.parts)
            items.append(await self.menu(asked, "job", options=options, placeholder="Open a directive"))
        waiting = sum(one.status == "queued" for one in newest)
        shown = _screens.queue(page, directives.halted, waiting=waiting, show_people=asked.caller.sees_names)
        await self.show_page(asked, "jobs", shown, items=items)

    async def _show_job(self, asked: Asked, number: int) -> None:
        directives = self.bot.collective.directives
        job = await _jobs.fetch_job(directives, number, show_people=asked.caller.sees_names)
        items = []
        if job.directive.open:
            items.append(await self.button(asked, "job", str(number), label="Refresh"))
        if job.directive.status == "queued" and may(asked.caller, "run"):
            danger = discord.ButtonStyle.danger
            items.append(await self.button(asked, "cancel", str(number), label="Cancel", style=danger))
        await show(asked, _screens.job(job), buttons.view_of(*items) if items else None)


setup = Execution.add_to
