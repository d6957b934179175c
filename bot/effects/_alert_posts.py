"""Which message shows which alert, stored across restarts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot
    from state.alerts import Alert

_SEEN: Final = "seen"
_NONCE_LENGTH: Final = 25


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """The message of one alert.

    Attributes:
        message: its id; 0 while it is being posted.
        shown: a digest of what the message shows; empty while it is being posted.
        deleted: someone deleted the message, so it is not posted again.
    """

    channel: int
    message: int = 0
    shown: str = ""
    deleted: bool = False


class Posts:
    """The stored posts of this application, and the newest alert that was processed."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    async def load(self) -> tuple[dict[int, Post], int | None]:
        """Every post by alert id, and the newest processed alert (None before the first)."""
        items = await self._bot.key_values.items(self._scope)
        seen = items.pop(_SEEN, None)
        posts = {int(alert): msgspec.json.decode(text, type=Post) for alert, text in items.items()}
        return posts, None if seen is None else int(seen)

    async def keep(self, alert_id: int, post: Post) -> None:
        """Store the post of an alert."""
        await self._bot.key_values.set(self._scope, str(alert_id), msgspec.json.encode(post).decode())

    async def forget(self, alert_id: int) -> None:
        """Delete the stored post of an alert."""
        await self._bot.key_values.delete(self._scope, str(alert_id))

    async def saw(self, alert_id: int) -> None:
        """Store the newest processed alert."""
        await self._bot.key_values.set(self._scope, _SEEN, str(alert_id))

    @property
    def _scope(self) -> str:
        return f"{self._bot.remember_scope}#alert-posts"


def nonce_of(alert: Alert, channel_id: int, replaced: int = 0) -> str:
    """The nonce with which Discord recognizes a repeated post of this alert."""
    place = f"{channel_id} {replaced}" if replaced else f"{channel_id}"
    return _digest(f"alert {alert.id} {alert.raised_at.isoformat()} {place}".encode())


def look_of(embed: discord.Embed, view: discord.ui.View | None) -> str:
    """A digest of a message's content."""
    return _digest(msgspec.json.encode((embed.to_dict(), view is None)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NONCE_LENGTH]
