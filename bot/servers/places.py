"""A server's channels and roles as records, and who may see what is private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import discord

from bot.access.whom import roles_with
from bot.catalog.entry import Level

Kind = Literal["category", "text", "other"]
Overwrites = dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]

_REASON = "The standard layout"
_SEEN = discord.Permissions(
    view_channel=True,
    send_messages=True,
    read_message_history=True,
    embed_links=True,
    attach_files=True,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or a category of a server."""

    id: int
    name: str
    kind: Kind
    parent_id: int | None = None


def places(channels: Iterable[discord.abc.GuildChannel]) -> tuple[Place, ...]:
    """A server's channels as records."""
    return tuple(Place(channel.id, channel.name, _kind(channel), channel.category_id) for channel in channels)


def private_to(guild: discord.Guild, admin_role_id: int | None) -> Overwrites:
    """The overwrites of what only admins and the bot see; a bot can allow only what it has itself."""
    own = guild.me.guild_permissions
    allowed = discord.PermissionOverwrite.from_pair(_SEEN & own, discord.Permissions.none())
    admins = roles_with(Level.admin, guild, admin_role_id)
    return {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        guild.me: allowed,
        **dict.fromkeys(admins, allowed),
    }


def is_exposed(channels: Sequence[discord.abc.GuildChannel], guild: discord.Guild, title: str) -> bool:
    """Whether everyone can see a category of that name, or a channel in it."""
    return any(
        category is not None
        and category.name.casefold() == title.casefold()
        and channel.permissions_for(guild.default_role).view_channel
        for channel in channels
        for category in (channel if isinstance(channel, discord.CategoryChannel) else channel.category,)
    )


def _kind(channel: discord.abc.GuildChannel) -> Kind:
    if isinstance(channel, discord.CategoryChannel):
        return "category"
    return "text" if isinstance(channel, discord.TextChannel) else "other"


class Builder:
    """Creates categories, and text channels in them.

    Attributes:
        made: the id of each channel, by its category's name and its own: those that were there, and the new.

    Args:
        categories: those that are there, by name.
        channels: likewise.
        private: the name of the category that only admins and the bot see.
    """

    def __init__(
        self,
        guild: discord.Guild,
        categories: Mapping[str, int],
        channels: Mapping[tuple[str, str], int],
        *,
        private: str,
        admin_role_id: int | None,
    ) -> None:
        self.made = dict(channels)
        self._guild = guild
        self._categories = dict(categories)
        self._private = private
        self._overwrites = private_to(guild, admin_role_id)

    async def create_category(self, title: str) -> None:
        """A new category; raises what discord.py raises."""
        made = await self._guild.create_category(title, overwrites=self._overwrites_of(title), reason=_REASON)
        self._categories[title] = made.id

    async def create_channel(self, title: str, name: str) -> None:
        """A new text channel in a category that is there; likewise."""
        # discord.py asks for a category and reads its id.
        category = cast("discord.CategoryChannel", discord.Object(self._categories[title]))
        made = await self._guild.create_text_channel(
            name, category=category, overwrites=self._overwrites_of(title), reason=_REASON
        )
        self.made[title, name] = made.id

    def _overwrites_of(self, title: str) -> Overwrites:
        # Also of each channel: the category may be older, and open to all.
        return self._overwrites if title == self._private else {}
