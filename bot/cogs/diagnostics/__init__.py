"""The self-test command."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import discord

from bot.cogs.diagnostics import _checks, _report, _run, _screens
from bot.cogs.diagnostics._model import Bench
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.replies.context import HelixContext


class Diagnostics(HelixCog, name="diagnostics"):
    """The command that tests every part."""

    @command("test-all")
    async def test_all(self, ctx: HelixContext) -> None:
        """Test every part, show the progress, and write a report."""
        kernel = self.bot.kernel
        with _run.alone(kernel.drain):
            bench = Bench(self.bot, ctx.caller.actor)
            checks = _checks.build_checks(bench)
            async with Progress(ctx, _screens.TITLE, total=len(checks), stoppable=True) as progress:
                report = await progress.run(
                    _run.run_checks(
                        bench, checks, lambda done, result: progress.advance(done, _screens.step(result))
                    )
                )
                files = await asyncio.to_thread(_report.render, report)
                trouble = await _report.try_to_keep(kernel.settings.data_dir, files)
                attached = [discord.File(io.BytesIO(data), name) for name, data in files.items()]
                await progress.finish(_screens.report(report, trouble=trouble), files=attached)


setup = Diagnostics.add_to
