"""Stores which message shows a running ritual, so that it can be corrected after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot


class Shown(NamedTuple):
    """A message that shows a ritual."""

    ritual: int
    channel_id: int
    message_id: int


async def remember(bot: HelixBot, ritual: int, message: discord.Message) -> None:
    """Store the message that shows a ritual."""
    await bot.key_values.set(_scope(bot), str(ritual), f"{message.channel.id} {message.id}")


async def forget(bot: HelixBot, ritual: int) -> None:
    """Delete the record: the message shows the ritual's end."""
    await bot.key_values.delete(_scope(bot), str(ritual))


async def known(bot: HelixBot) -> tuple[Shown, ...]:
    """Every message that may not show its ritual's end yet."""
    found = await bot.key_values.items(_scope(bot))
    return tuple(
        Shown(int(ritual), *(int(number) for number in place.split())) for ritual, place in found.items()
    )


def _scope(bot: HelixBot) -> str:
    return f"{bot.remember_scope}#rituals"
