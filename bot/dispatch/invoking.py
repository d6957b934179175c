"""Runs a prefix command or a pressed command, and answers its errors."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.replies import errors

if TYPE_CHECKING:
    from bot.dispatch.command import HelixCommand
    from bot.replies.context import HelixContext


async def invoke(ctx: HelixContext, command: HelixCommand) -> None:
    """Run `command`; the context then holds the outcome.

    Raises:
        asyncio.CancelledError: it was cancelled.
    """
    try:
        await command.invoke(ctx)
    except commands.CommandError as error:
        await command.dispatch_error(ctx, error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the one handler sorts and logs all of them
        ctx.outcome = await errors.report(ctx, error, where=command.name)
    task = asyncio.current_task()
    if ctx.command_failed and task is not None and task.cancelling():
        # discord.py swallows a cancellation inside a command's body.
        raise asyncio.CancelledError


def count(ctx: HelixContext, name: str, began: float) -> None:
    """Count a call of `name` with its outcome; `began` is its start in monotonic time."""
    now = ctx.bot.kernel.clock.monotonic()
    answered = now if ctx.answered_at is None else ctx.answered_at
    ctx.bot.command_metrics.record(name, ctx.outcome, answered - began)
