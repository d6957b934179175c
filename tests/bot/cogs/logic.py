"""A bot driven by dpytest: command logic from line to reply, without a socket (fixture `logic_bot`)."""

from __future__ import annotations

import discord
import discord.ext.test as dpytest


async def reply_to(line: str, *, member: int = 0) -> str:
    """The last state of the reply to a line. Member 0 is the owner, 1 a member."""
    await dpytest.message(line, member=member)
    sent: discord.Message = dpytest.sent_queue.get_nowait()
    embed = sent.embeds[0] if sent.embeds else None
    parts = [sent.content, embed and embed.title, embed and embed.description]
    parts += [str(field.value) for field in embed.fields] if embed else []
    return "\n".join(part for part in parts if part)
