"""Buttons that a running command waits for; when it no longer does, they have expired."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from bot.parts import HelixBot

KINDS = frozenset({"confirm", "progress"})

# Set on an interaction by the command that waits for it, before any button code runs.
_CLAIMED = "helix.claimed"


def custom_id(kind: str, action: str, user_id: int, token: str) -> str:
    """The custom id of such a button, in the form of `bot.replies.buttons`; `kind` is one of `KINDS`."""
    return f"{kind}:{action}:{user_id}:={token}"


def next_press(
    bot: HelixBot, custom_ids: Collection[str], user_id: int, *, timeout_s: float | None
) -> asyncio.Task[discord.Interaction[HelixBot]]:
    """Wait for that user's press of one of these, from now on; the caller owns the task and ends it.

    The check runs inside discord.py's dispatch, before the press reaches `ComponentItem`: what it claims is
    answered by the waiting command, and what nobody claims has expired. The task raises `TimeoutError`.
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
