"""A document that is posted in a channel: posting it again edits the same messages.

Remembered by server, document and channel: the ids of the messages, in order. Before a message is sent, that
is noted too, so that one that was sent just before a crash is found again: within minutes Discord knows it by
its nonce, and later it is looked up in the channel.
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

# Behind the newest message before a crash, so many are looked through for the one that was sent in it.
_LOOK_THROUGH: Final = 200
_NO_MENTIONS: Final = discord.AllowedMentions.none()
_NEEDED: Final = (
    ("view_channel", "View Channel"),
    ("send_messages", "Send Messages"),
    ("read_message_history", "Read Message History"),
)


class CannotPost(MarkdownError):
    """The bot may not post in that channel."""


class PostRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of a document in a channel.

    Attributes:
        messages: the ids of its messages, in order.
        sent: how many were ever sent; makes the nonces.
        after: while one is being sent, the newest message of the channel before it; None otherwise.
        sending: the digest of that one's text; empty otherwise.
    """

    messages: tuple[int, ...] = ()
    sent: int = 0
    after: int | None = None
    sending: str = ""


@dataclass(slots=True)
class Posting:
    """What posting did.

    Attributes:
        parts: how many messages the document has now.
        first_url: where it begins.
        reposted: whether Discord took no more edits of an old message.
        unpinned: why the first one could not be pinned, in a sentence; None where it is pinned.
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
        """Whether anything is different from before."""
        return bool(self.sent or self.edited or self.deleted or self.pinned)


class PostedDocument:
    """One document in one channel; keeps nothing in memory."""

    def __init__(self, bot: HelixBot, document: str, channel: discord.TextChannel) -> None:
        self._bot = bot
        self._channel = channel
        self._scope = f"{bot.remember_scope}#posted"
        self._key = f"{channel.guild.id}-{document}-{channel.id}"

    async def post(self, pieces: Sequence[str]) -> Posting:
        """Let the channel have exactly these messages, in this order, the first of them pinned.

        Messages that stand already are edited where they differ; what was deleted is sent anew at the end,
        the others moving up; surplus ones are deleted. Where Discord takes no more edits of an old one, it
        and those after it are sent anew, without a notification.

        Raises:
            CannotPost: a permission is missing; nothing was done.
            discord.HTTPException: Discord did not take it; what was done is remembered, so again goes on.
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
        """Edit what differs; from the first message that takes no more edits on, delete all of them."""
        for place, message in enumerate(standing[: len(pieces)]):
            if message.content == pieces[place]:
                continue
            try:
                standing[place] = await message.edit(content=pieces[place], allowed_mentions=_NO_MENTIONS)
            except discord.HTTPException as error:
                if not lasting.refuses_edits(error):
                    raise
                posting.reposted = True
                # Those after it go too: a new message stands at the end, and the order is to be kept.
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
            # The nonce found what was sent before a crash, and the document is another since.
            message = await message.edit(content=piece, allowed_mentions=_NO_MENTIONS)
        return record, message

    async def _resume(self, record: PostRecord, after: int) -> PostRecord:
        """The record with the message that was sent when a crash came, where one was."""
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
                "It is not pinned: I lack the permission **Pin Messages** there, which since 2026 is one of"
                " its own. Give it to my role and post again."
            )
            return
        try:
            await message.pin(reason="A document of the server")
        except discord.HTTPException as error:
            posting.unpinned = f"It is not pinned: {discord_codes.in_words(error)}"
            return
        posting.pinned = 1

    def _nonce(self, record: PostRecord) -> str:
        """The same for the same message to be sent, also after a crash; at most 25 characters."""
        return _digest(f"{self._scope} {self._key} {record.sent}")

    async def _find(self) -> PostRecord:
        kept = await self._bot.key_values.get(self._scope, self._key)
        return PostRecord() if kept is None else msgspec.json.decode(kept, type=PostRecord)

    async def _keep(self, record: PostRecord) -> None:
        await self._bot.key_values.set(self._scope, self._key, msgspec.json.encode(record).decode())


def check_permissions(channel: discord.TextChannel) -> None:
    """Nothing, when the bot may post and look after what it posted; that it may pin is not needed for that.

    Raises:
        CannotPost: names everything that is missing.
    """
    held = channel.permissions_for(channel.guild.me)
    missing = [f"**{name}**" for attribute, name in _NEEDED if not getattr(held, attribute)]
    if missing and not held.pin_messages:
        missing.append("**Pin Messages**")
    if missing:
        raise CannotPost(
            f"I cannot post in {channel.mention}: I lack {', '.join(missing)} there. Give my role what is"
            " missing under the channel's permissions."
        )


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
