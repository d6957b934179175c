"""Post for an incoming event exactly once, even across crashes.

Discord recognizes a nonce for some minutes, so an early retry returns the same message. A later retry first
searches the channel for the bot's own post, skipping posts of other events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.effects._own_posts import may_read, nonce_holds, search_from
from bot.replies import discord_codes
from bot.text import embeds
from core.webhooks.job import Job, Refused

if TYPE_CHECKING:
    from bot.parts import HelixBot

_LOOKED_THROUGH: Final = 1_000
_NONCE_LENGTH: Final = 25
_REFUSALS: Final[Mapping[discord_codes.Kind, str]] = MappingProxyType(
    {
        "gone": "The bot cannot find that channel.",
        "forbidden": "The bot may not post in that channel.",
        "ours": "Discord does not accept this message.",
    }
)
_CANNOT_KNOW: Final = (
    "It may have been posted already, but the bot may not read the channel's history to check. "
    "Grant Read Message History, then replay the event."
)


async def post_once(
    bot: HelixBot,
    job: Job,
    channel_id: int,
    *,
    content: str | None = None,
    embed: discord.Embed | None = None,
) -> int:
    """Post for an event and return the message's id, which also becomes the job's result.

    Raises:
        Refused: a permanent failure.
        discord.HTTPException: a temporary failure.
    """
    await bot.gateway.ready.wait()
    channel = bot.get_partial_messageable(channel_id)
    nonce = hashlib.sha256(f"{job.event_id}\0{job.handler}".encode()).hexdigest()[:_NONCE_LENGTH]
    shown = [] if embed is None else [embed]
    try:
        embeds.check(content, shown)
    except embeds.ReplyTooLong as error:
        raise Refused(str(error)) from error
    parts: dict[str, Any] = {"allowed_mentions": discord.AllowedMentions.none(), "nonce": nonce}
    if content is not None:
        parts["content"] = content
    if embed is not None:
        parts["embed"] = embed
    try:
        # `first_at` is also right for a replayed dead letter, whose attempts start again at 0.
        if not nonce_holds(job.first_at, bot.kernel.clock.now()):
            alike = await _own_posts(bot, job, channel, (_plain(content), tuple(map(_text_of, shown))))
            taken = await bot.collective.webhooks.inbox.results(job.handler, alike)
            found = next((int(one) for one in alike if one not in taken), None)
            if found is not None:
                job.result = str(found)
                return found
        message = await channel.send(**parts)
    except discord.HTTPException as error:
        # The sender wrote this message, so a retry would fail again.
        if not discord_codes.is_final(error) and error.status != 400:
            raise
        raise Refused(_why(error)) from error
    job.result = str(message.id)
    return message.id


def _why(error: discord.HTTPException) -> str:
    """Why Discord refused the post, with the refused fields, whose text came from the sender."""
    fields = discord_codes.refused_fields(error)
    if not fields:
        return discord_codes.in_words(error, _REFUSALS)
    return f"Discord does not accept this message: {'; '.join(f'{at}: {why}' for at, why in fields.items())}"


async def _own_posts(
    bot: HelixBot, job: Job, channel: discord.PartialMessageable, wanted: tuple[str, tuple[object, ...]]
) -> list[str]:
    """The ids of the bot's identical posts since the first attempt, oldest first."""
    if not may_read(bot, channel.id):
        raise Refused(_CANNOT_KNOW)
    alike = []
    after = search_from(job.first_at, bot.kernel.clock.now())
    async for message in channel.history(limit=_LOOKED_THROUGH, after=after, oldest_first=after is not None):
        own = bot.user is not None and message.author.id == bot.user.id
        if own and (_plain(message.content), tuple(map(_text_of, message.embeds))) == wanted:
            alike.append(message.id)
    return [str(found) for found in sorted(alike)]


def _text_of(embed: discord.Embed) -> tuple[object, ...]:
    """The parts of an embed to compare; Discord changes the others."""
    fields = tuple((_plain(field.name), _plain(field.value)) for field in embed.fields)
    return _plain(embed.title), _plain(embed.description), embed.url, _plain(embed.footer.text), fields


def _plain(text: str | None) -> str:
    """The text with normalized spaces, since Discord trims posts."""
    return " ".join((text or "").split())
