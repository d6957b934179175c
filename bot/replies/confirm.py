"""A yes-or-no question with buttons for the caller; no answer means no."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import discord

from bot.replies import awaited, buttons, discord_codes, responding
from bot.replies.unheard import repeat
from bot.text import embeds

if TYPE_CHECKING:
    from bot.replies.context import HelixContext

_YES, _NO = "yes", "no"


async def confirm(ctx: HelixContext, question: str, *, danger: bool, timeout_s: float = 60.0) -> bool:
    """Ask; return False on "No", if no answer comes within `timeout_s` seconds, or if Helix stops.

    The question stays in the channel with its outcome. Other people who press are told whose question it is;
    after a restart a press is told that the question has expired.
    """
    user_id, token = ctx.author.id, secrets.token_urlsafe(9)
    yes, no = (awaited.custom_id("confirm", choice, user_id, token) for choice in (_YES, _NO))
    waiting = awaited.next_press(ctx.bot, (yes, no), user_id, timeout_s=timeout_s)
    # Presses are not accepted during a stop.
    ctx.bot.kernel.drain.track(waiting, "question", at_once=True)
    try:
        message = await ctx.say(
            embed=_card(question, "", danger=danger), view=_buttons(yes, no, danger=danger)
        )
        await asyncio.wait((waiting,))
        if waiting.cancelled() or isinstance(waiting.exception(), TimeoutError):
            why = "Helix is stopping" if waiting.cancelled() else "There was no answer"
            await _close(message, _card(question, f"{why}; nothing was done.", danger=False))
            return False
        interaction = waiting.result()
        agreed = interaction.custom_id == yes
        outcome = "Confirmed." if agreed else "Cancelled; nothing was done."
        card = _card(question, outcome, danger=danger and agreed)
        await responding.update(interaction, {"embed": card, "view": None})
        return agreed
    finally:
        if not waiting.done():
            waiting.cancel()
            await asyncio.wait((waiting,))


def _card(question: str, outcome: str, *, danger: bool) -> discord.Embed:
    lines = (question, "", f"**{outcome}**") if outcome else (question,)
    return embeds.card("", lines, status="fail" if danger else None)


def _buttons(yes: str, no: str, *, danger: bool) -> discord.ui.View:
    style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.primary
    sure: discord.ui.Button[Any] = discord.ui.Button(label="Yes, do it", style=style, custom_id=yes)
    never: discord.ui.Button[Any] = discord.ui.Button(label="No", custom_id=no)
    return buttons.view_of(buttons.ComponentItem(sure), buttons.ComponentItem(never))


async def _close(message: discord.Message, card: discord.Embed) -> None:
    try:
        await repeat(lambda: message.edit(embed=card, view=None))
    except discord.HTTPException as error:
        # Someone deleted the question or closed the channel; that counts as no.
        if not discord_codes.is_closed(error):
            raise
