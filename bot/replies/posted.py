"""Posts a document in a channel; posting it again edits the same messages.

For each server, document and channel the ids of the messages are stored in order. The intention to send a
message is stored before it is sent, so a message that was sent just before a crash is found again: for some
minutes by its nonce, later by reading the channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import discord
import msgspec

from bot.replies import discord_codes, lasting
from bot.replies.replying import send
from core.text.discord_markdown import MarkdownError

if TYPE_CHECKING:
    from bot.parts import HelixBot

# After a crash, this many messages are searched for the one that was sent just before it.
_LOOK_THROUGH: Final = 200
_NO_MENTIONS: Final = discord.AllowedMentions.none()
_NEEDED: Final = (
    ("view_channel", "View Channel"),
    ("send_messages", "Send Messages"),
    ("read_message_history", "Read Message History"),
)


class CannotPost(MarkdownError):
    """The bot lacks the permission to post in that channel."""


class PostRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The stored record of a document in a channel.

    Attributes:
        messages: the ids of its messages, in order.
        sent: the number of messages ever sent; nonces are made of it.
        after: while a message is being sent, the channel's newest message before it; else None.
        sending: while a message is being sent, the digest of its text; else empty.
    """

    messages: tuple[int, ...] = ()
    sent: int = 0
    after: int | None = None
    sending: str = ""


@dataclass(slots=True)
class Posting:
    """The result of posting.

    Attributes:
        parts: the number of the document's messages now.
        first_url: the link to its first message.
        reposted: whether messages were sent again because Discord refused to edit an old one.
        unpinned: a sentence on why the first message could not be pinned; None if it is pinned.
    """

    parts: int
    sent: int = 0
    edited: int = 0
    deleted: int = 0
    pinned: int = 0
    first_url: str = ""
    reposted: bool = False
    unpinned: str | None = None

    @property
    def changed(self) -> bool:
        """Whether posting changed anything."""
        return bool(self.sent or self.edited or self.deleted or self.pinned)


class PostedDocument:
    """One document in one channel; has no state in memory."""

    def __init__(self, bot: HelixBot, document: str, channel: discord.TextChannel) -> None:
        self._bot = bot
        self._channel = channel
        self._scope = f"{bot.remember_scope}#posted"
        self._key = f"{channel.guild.id}-{document}-{channel.id}"

    async def post(self, pieces: Sequence[str]) -> Posting:
        """Makes the channel have exactly these messages in this order, and pins the first.

        Existing messages are edited if they differ, missing ones are sent at the end, and surplus ones are
        deleted. If Discord refuses to edit an old message, it and those after it are sent again without a
        notification.

        Raises:
            CannotPost: a permission is missing; nothing was done.
            discord.HTTPException: Discord refused a step; a retry continues from there.
        """
        check_permissions(self._channel)
        record = await self._find()
        if record.after is not None:
            record = await self._resume(record, record.after)
        standing = await self._standing(record)
        posting = Posting(len(pieces))
        await self._bring_up_to_date(standing, pieces, posting)
        record = msgspec.structs.replace(record, messages=tuple(message.id for message in standing))
        for piece in pieces[len(standing) :]:
            record, message = await self._send(record, piece, silent=posting.reposted)
            standing.append(message)
            posting.sent += 1
        for message in reversed(standing[len(pieces) :]):
            await message.delete()
            posting.deleted += 1
        await self._keep(msgspec.structs.replace(record, messages=record.messages[: len(pieces)]))
        posting.first_url = standing[0].jump_url
        await self._pin(standing[0], posting)
        return posting

    async def _bring_up_to_date(
        self, standing: list[discord.Message], pieces: Sequence[str], posting: Posting
    ) -> None:
        """Edit messages that differ; from the first one that Discord refuses to edit, delete all."""
        for place, message in enumerate(standing[: len(pieces)]):
            if message.content == pieces[place]:
                continue
            try:
                standing[place] = await message.edit(content=pieces[place], allowed_mentions=_NO_MENTIONS)
            except discord.HTTPException as error:
                if not lasting.refuses_edits(error):
                    raise
                posting.reposted = True
                # Delete those after it too: a new message comes last, and the order must stay.
                while len(standing) > place:
                    await lasting.withdraw(standing.pop())
                return
            posting.edited += 1

    async def _send(
        self, record: PostRecord, piece: str, *, silent: bool
    ) -> tuple[PostRecord, discord.Message]:
        newest = [message async for message in self._channel.history(limit=1)]
        record = msgspec.structs.replace(
            record, after=newest[0].id if newest else self._channel.id, sending=_digest(piece)
        )
        await self._keep(record)
        parts = {"content": piece, "allowed_mentions": _NO_MENTIONS, "silent": silent}
        message = await send(self._channel, parts, nonce=self._nonce(record))
        record = msgspec.structs.replace(
            record, messages=(*record.messages, message.id), sent=record.sent + 1, after=None, sending=""
        )
        await self._keep(record)
        if message.content != piece:
            # The nonce found a message from before a crash, and the document has changed since.
            message = await message.edit(content=piece, allowed_mentions=_NO_MENTIONS)
        return record, message

    async def _resume(self, record: PostRecord, after: int) -> PostRecord:
        """The record, with the message that was sent just before a crash if there is one."""
        me = self._channel.guild.me.id
        async for message in self._channel.history(
            limit=_LOOK_THROUGH, after=discord.Object(after), oldest_first=True
        ):
            if message.author.id == me and _digest(message.content) == record.sending:
                record = msgspec.structs.replace(
                    record, messages=(*record.messages, message.id), sent=record.sent + 1
                )
                break
        record = msgspec.structs.replace(record, after=None, sending="")
        await self._keep(record)
        return record

    async def _standing(self, record: PostRecord) -> list[discord.Message]:
        found = []
        for message_id in record.messages:
            try:
                found.append(await self._channel.fetch_message(message_id))
            except discord.NotFound as error:
                if error.code != discord_codes.UNKNOWN_MESSAGE:
                    raise
        return found

    async def _pin(self, message: discord.Message, posting: Posting) -> None:
        if message.pinned:
            return
        if not self._channel.permissions_for(self._channel.guild.me).pin_messages:
            posting.unpinned = (
                "It is not pinned: I lack the permission **Pin Messages** there (separate since 2026)."
                " Grant it to my role and post again."
            )
            return
        try:
            await message.pin(reason="A document of the server")
        except discord.HTTPException as error:
            posting.unpinned = f"It is not pinned: {discord_codes.in_words(error)}"
            return
        posting.pinned = 1

    def _nonce(self, record: PostRecord) -> str:
        """The nonce of the next message, the same after a crash; at most 25 characters."""
        return _digest(f"{self._scope} {self._key} {record.sent}")

    async def _find(self) -> PostRecord:
        kept = await self._bot.key_values.get(self._scope, self._key)
        return PostRecord() if kept is None else msgspec.json.decode(kept, type=PostRecord)

    async def _keep(self, record: PostRecord) -> None:
        await self._bot.key_values.set(self._scope, self._key, msgspec.json.encode(record).decode())


def check_permissions(channel: discord.TextChannel) -> None:
    """Checks that the bot may post in the channel and edit its posts; pinning is optional.

    Raises:
        CannotPost: names all missing permissions.
    """
    held = channel.permissions_for(channel.guild.me)
    missing = [f"**{name}**" for attribute, name in _NEEDED if not getattr(held, attribute)]
    if missing and not held.pin_messages:
        missing.append("**Pin Messages**")
    if missing:
        raise CannotPost(
            f"I cannot post in {channel.mention}: I lack {', '.join(missing)} there. Grant them to my role in"
            " the channel's permissions."
        )


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
