"""Buttons that a running command waits for; they expire when it stops waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from bot.parts import HelixBot

KINDS = frozenset({"confirm", "progress"})

# The waiting command sets this key in extras before any button code runs.
_CLAIMED = "helix.claimed"


def custom_id(kind: str, action: str, user_id: int, token: str) -> str:
    """The custom id of an awaited button, as in `bot.replies.buttons`; `kind` is one of `KINDS`."""
    return f"{kind}:{action}:{user_id}:={token}"


def next_press(
    bot: HelixBot, custom_ids: Collection[str], user_id: int, *, timeout_s: float | None
) -> asyncio.Task[discord.Interaction[HelixBot]]:
    """Start a task that waits for the user to press one of these buttons; the caller must end it.

    The check runs in discord.py's dispatch, before the press reaches `ComponentItem`: the waiting command
    answers the presses it claims; an unclaimed press has expired. The task raises `TimeoutError`.
    """

    def claim(interaction: discord.Interaction[HelixBot]) -> bool:
        wanted = (
            interaction.type is discord.InteractionType.component
            and interaction.user.id == user_id
            and interaction.custom_id in custom_ids
        )
        if wanted:
            interaction.extras[_CLAIMED] = True
        return wanted

    waiting: asyncio.Task[discord.Interaction[HelixBot]] = asyncio.create_task(
        bot.wait_for("interaction", check=claim, timeout=timeout_s), name="wait-for-press"
    )
    return waiting


def is_claimed(interaction: discord.Interaction[Any]) -> bool:
    """Whether a waiting command answers this press."""
    return bool(interaction.extras.get(_CLAIMED))
