"""One message that shows the collective's state, kept up to date by edits.

The message's place is stored, so a restart edits the same one. A post is recorded before it is sent: after a
crash in between, the channel is searched for it before it is sent again.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

import discord
import msgspec

from bot.cards import alert as alert_card
from bot.cards import status
from bot.effects import _own_posts
from bot.effects._reach import Reach
from bot.replies import discord_codes, errors, lasting
from bot.text import embeds, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.parts import HelixBot
    from state.alerts import Alert
    from state.status.records import StatusView

logger = logging.getLogger(__name__)

EVERY_S: Final = 60.0
_KEY: Final = "telemetry"
_MARK: Final = "Telemetry · edited when something changes, at most once a minute"
_ALERTS_SHOWN: Final = 3
_NONCE_LENGTH: Final = 25


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """The stored message.

    Attributes:
        message: its id; 0 while it is being sent.
        nonce: used again if it is unknown whether the message arrived.
        shown: a digest of its content.
    """

    channel: int
    nonce: str
    message: int = 0
    shown: str = ""


class Telemetry:
    """Off without a channel (`TELEMETRY_CHANNEL_ID`, or the one `setup` chose)."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._reach = Reach(bot, "telemetry")
        self._edited_at: float | None = None

    def begin(self) -> None:
        """Start the loop."""
        self._reach.keep_up("telemetry", self._work, retry_s=EVERY_S)

    async def refresh(self) -> None:
        """Update the message if it is out of date and the last edit is at least 60 s ago.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: a temporary failure; try again.
        """
        channel_id = self._reach.channel_id()
        if channel_id is None:
            return
        collective = self._bot.collective
        embed = card(collective.status.read(), collective.alerts.open())
        shown = _digest(msgspec.json.encode(embed.to_dict()))
        try:
            post = await self._load()
            if post is not None and not post.message:
                post = await self._recover(post)
            if post is not None and post.message and post.channel != channel_id:
                await self._withdraw(post)
            if post is None or not post.message or post.channel != channel_id:
                await self._send(channel_id, embed, shown, before=post)
            elif post.shown != shown and self._may_edit():
                await self._edit(post, embed, shown)
            self._reach.caught_up()
        except discord.HTTPException as error:
            if not discord_codes.is_closed(error):
                raise
            self._reach.refused(channel_id, error)

    async def _work(self) -> float:
        await self.refresh()
        return EVERY_S

    def _may_edit(self) -> bool:
        return self._edited_at is None or self._bot.kernel.clock.monotonic() - self._edited_at >= EVERY_S

    async def _send(
        self, channel_id: int, embed: discord.Embed, shown: str, *, before: Post | None, note: str = ""
    ) -> None:
        if before is not None and before.channel == channel_id and not before.message:
            nonce = before.nonce
        else:
            # The nonce includes the previous post, since Discord would drop a nonce it saw minutes ago.
            nonce = _digest(f"telemetry {channel_id} {before}".encode())
        await self._keep(Post(channel=channel_id, nonce=nonce))
        sent = await self._bot.get_partial_messageable(channel_id).send(
            embed=self._dated(embed),
            nonce=nonce,
            allowed_mentions=discord.AllowedMentions.none(),
            silent=True,
        )
        await self._keep(Post(channel=channel_id, message=sent.id, nonce=nonce, shown=shown))
        self._showed(note)

    async def _edit(self, post: Post, embed: discord.Embed, shown: str) -> None:
        message = self._bot.get_partial_messageable(post.channel).get_partial_message(post.message)
        try:
            await message.edit(embed=self._dated(embed), allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            gone = error.code == discord_codes.UNKNOWN_MESSAGE
            if not gone and not lasting.refuses_edits(error):
                raise
            logger.info("telemetry.replaced message=%d error=%s", post.message, errors.in_short(error))
            if not gone:
                await self._withdraw(post)
            await self._send(post.channel, embed, shown, before=post, note="" if gone else lasting.REPLACED)
            return
        await self._keep(msgspec.structs.replace(post, shown=shown))
        self._showed()

    def _showed(self, note: str = "") -> None:
        self._edited_at = self._bot.kernel.clock.monotonic()
        self._reach.worked(note)

    async def _recover(self, begun: Post) -> Post:
        """Find the message of a post that was begun but not recorded as sent."""
        try:
            found = await _own_posts.find(self._bot, begun.channel, _MARK)
        except _own_posts.CannotRead:
            # The bot may not read here; then only the nonce prevents a duplicate.
            return begun
        if found is None:
            return begun
        post = msgspec.structs.replace(begun, message=found)
        await self._keep(post)
        return post

    async def _withdraw(self, post: Post) -> None:
        """Delete a message that is no longer updated and would mislead."""
        channel = self._bot.get_partial_messageable(post.channel)
        await lasting.withdraw(channel.get_partial_message(post.message))

    async def _load(self) -> Post | None:
        found = await self._bot.key_values.get(self._bot.remember_scope, _KEY)
        return None if found is None else msgspec.json.decode(found, type=Post)

    async def _keep(self, post: Post) -> None:
        await self._bot.key_values.set(self._bot.remember_scope, _KEY, msgspec.json.encode(post).decode())

    def _dated(self, embed: discord.Embed) -> discord.Embed:
        embed.timestamp = self._bot.kernel.clock.now()
        return embed


def card(view: StatusView, alerts: Sequence[Alert]) -> discord.Embed:
    """The state of everything; contains nothing that changes on its own."""
    facts = (
        f"**Agents** {status.agents(view)}",
        f"**Gateway** {status.gateway(view)}",
        f"**Ritual** {status.ritual(view)}",
        f"**Alerts** {words.count(len(alerts), 'alert') + ' open' if alerts else 'none open'}",
        *(_alert(alert) for alert in alerts[-_ALERTS_SHOWN:]),
        f"**Up** since {embeds.relative(view.started_at)}",
    )
    return status.card(view, "Helix, live", facts, _MARK)


def _alert(alert: Alert) -> str:
    known = "" if alert.acknowledged_at is None else ", acknowledged"
    return f"{alert_card.sign(alert)} {embeds.plain(alert.summary, 80)}{known}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NONCE_LENGTH]
