"""Server icons drawn from the field: their records, and how they are replaced.

Each server's record says which icon is ours, so that another one is never replaced unasked, and when the
cycle continues. During a replacement it also holds the previous icon: after a crash, any other icon is ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from bot.cards import field_pictures
from bot.pictures.field_request import STYLES, Style
from core.text.discord_markdown import MarkdownError

if TYPE_CHECKING:
    import discord

    from bot.parts import HelixBot
    from state.change import Actor, JournalRow

SIZE: Final = 512
EVERY: Final = timedelta(hours=24)
# How long to wait after a failed change.
AGAIN_AFTER: Final = timedelta(minutes=15)


class NoPermission(MarkdownError):
    """The bot may not edit the server."""


class IconRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a server's icon.

    Attributes:
        mode: the style that was set last; None if none was.
        ours: Discord's key of the icon that we set.
        replacing: while an icon is being replaced, the key of the previous one; "" if there was none.
        set_at: when it was set.
        next_at: the time of the cycle's next change; None if the cycle is off.
        trouble: why the last change failed or the cycle went off, in a sentence; else None.
    """

    mode: Style | None = None
    ours: str | None = None
    replacing: str | None = None
    set_at: datetime | None = None
    next_at: datetime | None = None
    trouble: str | None = None

    @property
    def following(self) -> Style:
        """The mode after this one."""
        return STYLES[0] if self.mode is None else STYLES[(STYLES.index(self.mode) + 1) % len(STYLES)]

    def is_foreign(self, key: str | None) -> bool:
        """Whether the icon with this key (None: no icon) was not set by Helix."""
        taken = self.replacing is not None and key != (self.replacing or None)
        return key is not None and key != self.ours and not taken


class Icons:
    """Reads, sets and cycles icons; keeps nothing in memory."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    async def find(self, guild_id: int) -> IconRecord:
        """The record of a server's icon."""
        kept = await self._bot.key_values.get(self._scope, str(guild_id))
        return IconRecord() if kept is None else msgspec.json.decode(kept, type=IconRecord)

    async def cycling(self) -> dict[int, IconRecord]:
        """The servers whose cycle is on."""
        kept = await self._bot.key_values.items(self._scope)
        records = {int(key): msgspec.json.decode(value, type=IconRecord) for key, value in kept.items()}
        return {key: record for key, record in records.items() if record.next_at is not None}

    async def replace(
        self, guild: discord.Guild, mode: Style, actor: Actor, *, next_at: datetime | None = None
    ) -> IconRecord:
        """Draw the icon in this mode, set it, record it and journal it; `next_at` continues a cycle.

        Raises:
            NoPermission: the bot lacks Manage Server.
            discord.HTTPException: Discord refused it.
        """
        check_permission(guild)
        before = await self.find(guild.id)
        key = key_of(guild)
        picture = await field_pictures.draw(
            self._bot.kernel.draw, self._bot.collective.manager.snapshot.ucf, mode, SIZE
        )
        await self._keep(guild.id, msgspec.structs.replace(before, replacing=key or ""))
        edited = await guild.edit(icon=picture.png, reason=f"Icon {mode}, drawn from the field")
        record = IconRecord(
            mode=mode, ours=key_of(edited), set_at=self._bot.kernel.clock.now(), next_at=next_at
        )
        await self._keep(guild.id, record)
        await self._record(guild.id, actor.row("icon", guild.name, before=before.mode, after=mode))
        return record

    async def switch(self, guild: discord.Guild, next_at: datetime | None, actor: Actor) -> IconRecord:
        """Switch the cycle on, with the next change at `next_at`, or off (None); journal a switch."""
        before = await self.find(guild.id)
        record = msgspec.structs.replace(before, next_at=next_at, trouble=None)
        await self._keep(guild.id, record)
        words = ["off" if one is None else "on" for one in (before.next_at, next_at)]
        if words[0] != words[1]:
            await self._record(
                guild.id, actor.row("icon", f"{guild.name}: cycle", before=words[0], after=words[1])
            )
        return record

    async def postpone(self, guild_id: int, next_at: datetime) -> None:
        """Store the time of the cycle's next change."""
        before = await self.find(guild_id)
        await self._keep(guild_id, msgspec.structs.replace(before, next_at=next_at))

    async def note(self, guild_id: int, trouble: str, next_at: datetime | None, actor: Actor) -> None:
        """Store why a change failed and when to retry (None: the cycle is off); journal each reason once."""
        before = await self.find(guild_id)
        await self._keep(guild_id, msgspec.structs.replace(before, trouble=trouble, next_at=next_at))
        if before.trouble != trouble:
            after = "on" if next_at else "off"
            await self._record(
                guild_id, actor.row("icon", f"server {guild_id}: cycle", reason=trouble, after=after)
            )

    async def _record(self, guild_id: int, row: JournalRow) -> None:
        # The journal does not cover what other servers do to themselves.
        if guild_id == self._bot.home_guild_id:
            await self._bot.collective.manager.record(row)

    async def _keep(self, guild_id: int, record: IconRecord) -> None:
        await self._bot.key_values.set(self._scope, str(guild_id), msgspec.json.encode(record).decode())

    @property
    def _scope(self) -> str:
        return f"{self._bot.remember_scope}#icons"


def check_permission(guild: discord.Guild) -> None:
    """Raise unless the bot may edit this server.

    Raises:
        NoPermission: names the missing permission and where to grant it.
    """
    if not guild.me.guild_permissions.manage_guild:
        raise NoPermission(
            "I need the permission **Manage Server** to change the icon. An admin can grant it to my role"
            " under Server Settings → Roles."
        )


def key_of(guild: discord.Guild) -> str | None:
    """Discord's key of the server's icon; None if it has none."""
    return None if guild.icon is None else guild.icon.key
