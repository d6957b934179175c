"""What the bot may do in a channel, according to discord.py's cache of roles and overwrites."""

from __future__ import annotations

import discord


def may_read_history(channel: object) -> bool:
    """Whether the bot may read the channel's history, so that it may reply to messages; True if unknown."""
    held = _held(channel)
    return held is None or held.read_message_history


def may_speak(channel: object) -> bool:
    """Whether the bot may write in the channel; True if unknown."""
    held = _held(channel)
    if held is None:
        return True
    if not isinstance(channel, discord.Thread):
        return held.view_channel and held.send_messages
    open_to_me = not channel.locked or held.manage_threads
    return held.view_channel and held.send_messages_in_threads and open_to_me


def _held(channel: object) -> discord.Permissions | None:
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return None
    try:
        return channel.permissions_for(channel.guild.me)
    except discord.ClientException:
        # A thread has the permissions of its channel, which is not cached.
        return None
