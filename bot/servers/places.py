"""A server's channels as records, the permissions of private ones, and the creation of new ones."""

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
    """Overwrites for channels that only admins and the bot see; a bot can allow only its own permissions."""
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
        made: the ids of existing and new channels by the names of category and channel.

    Args:
        categories: the ids of existing categories by name.
        channels: the ids of existing channels by the names of category and channel.
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
        """Create a category; raises what discord.py raises."""
        made = await self._guild.create_category(title, overwrites=self._overwrites_of(title), reason=_REASON)
        self._categories[title] = made.id

    async def create_channel(self, title: str, name: str) -> None:
        """Create a text channel in an existing category; raises what discord.py raises."""
        # discord.py reads only the id of the category.
        category = cast("discord.CategoryChannel", discord.Object(self._categories[title]))
        made = await self._guild.create_text_channel(
            name, category=category, overwrites=self._overwrites_of(title), reason=_REASON
        )
        self.made[title, name] = made.id

    def _overwrites_of(self, title: str) -> Overwrites:
        # Each channel needs them too: the category may have existed before and be open to all.
        return self._overwrites if title == self._private else {}
