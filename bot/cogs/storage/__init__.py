"""Commands about storage, backups and reports."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import offering, suggesting
from bot.arguments.parsing import parse_action
from bot.cogs.storage import _arguments, _screens
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from bot.replies.progress import Progress
from state.reports.markdown import render_markdown
from state.views.storage import fetch_storage

if TYPE_CHECKING:
    from bot.replies.context import HelixContext


class Storage(HelixCog, name="storage"):
    """Commands about stored data."""

    @command("storage", action="action")
    async def storage(self, ctx: HelixContext, action: str = "status") -> None:
        """Show sizes and retention, or apply the retention now."""
        collective = self.bot.collective
        if parse_action(action, _arguments.STORAGE_ACTIONS) == "status":
            view = await ctx.cached_async(("status",), lambda: fetch_storage(collective), ("storage",))
            await ctx.say(embed=_screens.storage(view))
            return
        if await confirm(ctx, _screens.clean_question(collective.retention.rules()), danger=True):
            cleaned = await collective.retention.clean(ctx.caller.actor)
            self.bot.kernel.caches.drop_tags("storage")
            await ctx.say(embed=_screens.cleaned(cleaned))

    @command("backup", action="action")
    async def backup(self, ctx: HelixContext, action: str = "create", backup: str | None = None) -> None:
        """Create a backup, list the backups, or verify one."""
        wanted = parse_action(action, _arguments.BACKUP_ACTIONS)
        number = _arguments.parse_backup(wanted, backup)
        if number is not None:
            await self._verify(ctx, number)
        elif wanted == "list":
            shown = _screens.backups(self.bot.collective.backups.list(), 0, names=ctx.at_home)
            await self.show_page(ctx, "backups", shown)
        else:
            await self._create(ctx)

    @buttons.component("storage", "backups", command="backup")
    async def turn_backups(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current backups."""
        names = press.caller.sees_names
        page = pages.Turn.of(press).page
        shown = _screens.backups(self.bot.collective.backups.list(), page, names=names)
        await self.show_page(press, "backups", shown)

    @command("sync")
    async def sync(self, ctx: HelixContext) -> None:
        """Build one report of everything."""
        total = len(self.bot.collective.probes.services) + 2
        async with Progress(ctx, "🔗 Gathering", total=total, stoppable=True) as progress:
            report = await progress.run(
                self.bot.collective.reports.build(
                    ctx.caller.actor, lambda done, _total, note: progress.advance(done, note)
                )
            )
            markdown = await asyncio.to_thread(lambda: render_markdown(report).encode())
            data = await asyncio.to_thread(report.as_json)
            name = f"helix-report-{report.made_at:%Y%m%dT%H%M%SZ}"
            files = (
                discord.File(io.BytesIO(markdown), f"{name}.md"),
                discord.File(io.BytesIO(data), f"{name}.json"),
            )
            await progress.finish(_screens.report(report), files=files)

    storage.autocomplete("action")(offering(*_arguments.STORAGE_ACTIONS))
    backup.autocomplete("backup")(
        suggesting(lambda asked: [str(record.id) for record in asked.client.collective.backups.list()])
    )

    async def _create(self, ctx: HelixContext) -> None:
        async with Progress(ctx, "💾 Backing up", total=100, stoppable=True) as progress:
            record = await progress.run(
                self.bot.collective.backups.create(
                    ctx.caller.actor, lambda done, _total, note: progress.advance(done, note)
                )
            )
            self.bot.kernel.caches.drop_tags("storage")
            keep = self.bot.kernel.settings.backup_keep
            await progress.finish(_screens.made(record, keep=keep))

    async def _verify(self, ctx: HelixContext, number: int) -> None:
        backups = self.bot.collective.backups
        backups.get(number)
        async with Progress(ctx, f"🔎 Checking backup {number}", total=100, stoppable=True) as progress:
            record = await progress.run(
                backups.verify(
                    number, ctx.caller.actor, lambda done, _total, note: progress.advance(done, note)
                )
            )
            await progress.finish(_screens.verified(record))


setup = Storage.add_to
