"""Runs a command from a button, like a slash command without arguments."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any, cast

from bot import access, catalog
from bot.dispatch.invoking import count, invoke
from bot.gateway.discord_internals import StringView
from bot.replies.buttons import EXPIRED, Press
from bot.replies.context import HelixContext
from bot.replies.waiting import Deferral

if TYPE_CHECKING:
    import discord

    from bot.dispatch.command import HelixCommand
    from bot.parts import HelixBot


async def run(interaction: discord.Interaction[Any], press: Press) -> None:
    """Run the button's command, or show its usage if it needs arguments.

    Raises:
        HelixError: the command cannot be run here or by this person.
    """
    bot = cast("HelixBot", interaction.client)
    entry, message = catalog.find(press.payload), interaction.message
    if entry is None or message is None:
        await press.answer.whisper(EXPIRED)
        return
    access.enforce(entry, None, interaction)
    if any(param.required for param in entry.params):
        example = bot.prefix + entry.example.removeprefix("!")
        await press.answer.whisper(
            f"{entry.summary}\nType `{bot.prefix}{entry.name} {entry.usage}`, for example `{example}`."
        )
        return
    began = bot.kernel.clock.monotonic()
    # Discord refuses a second first response, so only one part may defer it.
    await press.answer.settle()
    deferral = Deferral(interaction, ephemeral=entry.ephemeral)
    try:
        await bot.loader.ensure(entry.cog)
        command = cast("HelixCommand", bot.all_commands[entry.name])
        ctx = _context(interaction, message, command)
        try:
            await invoke(ctx, command)
        except asyncio.CancelledError:
            ctx.outcome = "cut off"
            raise
        finally:
            count(ctx, entry.name, began)
    finally:
        deferral.cancel()


def _context(
    interaction: discord.Interaction[HelixBot], pressed: discord.Message, command: HelixCommand
) -> HelixContext:
    """A context like that of a slash command, with a copy of the pressed message as its message."""
    message = copy.copy(pressed)
    message.id, message.author, message.content = interaction.id, interaction.user, ""
    ctx = HelixContext(
        message=message,
        bot=interaction.client,
        view=StringView(""),
        prefix="/",
        command=command,
        invoked_with=command.name,
        interaction=interaction,
    )
    ctx.args = [command.cog, ctx]
    return ctx
