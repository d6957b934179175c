"""Creates, edits, moves and deletes channels and categories, by Discord's rules."""

from collections.abc import Iterable

from sandbox.errors import ApiError, bad_form, missing_access, missing_permissions, unknown
from sandbox.forms.channels import ChannelFields, ChannelPlace
from sandbox.forms.overwrites import require_own_bits, require_targets
from sandbox.parts import Core, Part
from sandbox.permissions import Permission, base_permissions
from sandbox.places.channel_events import ChannelEvents
from sandbox.places.guilds import publish_guild
from sandbox.posts.files import FileStore
from sandbox.records import CATEGORY, Channel, Guild, Overwrite
from sandbox.render import channel_json

MAX_CHANNELS = 500
"""The maximum number of channels in a server, including categories."""
MAX_IN_CATEGORY = 50


class Channels(Part):
    """Changes channels and publishes the events. ``actor_id`` is the acting user; over REST it is the bot."""

    def __init__(self, core: Core, files: FileStore) -> None:
        super().__init__(core)
        self._events = ChannelEvents(core)
        self._files = files

    def create(self, guild: Guild, actor_id: int, kind: int, fields: ChannelFields) -> Channel:
        """Create a channel, by default at the end and with the overwrites of its category.

        Raises:
            ApiError: 403 (50013) without permission, 400 (30013, 50035) if the maximum is reached.
        """
        own = base_permissions(guild, actor_id)
        if not own & Permission.MANAGE_CHANNELS:
            raise missing_permissions()
        if len(guild.channels) >= MAX_CHANNELS:
            raise ApiError(400, 30013, f"Maximum number of server channels reached ({MAX_CHANNELS})")
        parent = self._parent(guild, actor_id, kind, fields.get("parent_id"))
        overwrites = fields.get("overwrites") or []
        require_targets(guild, overwrites)
        require_own_bits(own, [], overwrites)
        if not overwrites and parent is not None:
            overwrites = list(parent.overwrites)
        alike = [c.position for c in guild.channels.values() if c.type == kind]
        channel = Channel(
            id=self._next_id(),
            type=kind,
            name=fields["name"],
            guild_id=guild.id,
            parent_id=parent.id if parent is not None else None,
            position=fields.get("position", max(alike, default=-1) + 1),
            topic=fields.get("topic"),
            nsfw=fields.get("nsfw", False),
            slowmode_s=fields.get("slowmode_s", 0),
            overwrites=overwrites,
        )
        guild.channels[channel.id] = channel
        self._events.created(channel)
        return channel

    def edit(self, guild: Guild, actor_id: int, channel: Channel, fields: ChannelFields) -> None:
        """Changes the given fields.

        Raises:
            ApiError: 403 (50013) without permission, 400 (50035) for a full category.
        """
        self._world.require(channel, actor_id, Permission.MANAGE_CHANNELS)
        parent_id = fields.get("parent_id", channel.parent_id)
        if parent_id != channel.parent_id:
            self._parent(guild, actor_id, channel.type, parent_id)
        if "overwrites" in fields:
            self._check_overwrites(guild, actor_id, channel, fields["overwrites"])
        with self._events.changing([channel]):
            channel.name = fields.get("name", channel.name)
            channel.topic = fields.get("topic", channel.topic)
            channel.nsfw = fields.get("nsfw", channel.nsfw)
            channel.slowmode_s = fields.get("slowmode_s", channel.slowmode_s)
            channel.position = fields.get("position", channel.position)
            channel.overwrites = fields.get("overwrites", channel.overwrites)
            channel.parent_id = parent_id

    def move(self, guild: Guild, actor_id: int, places: dict[int, ChannelPlace]) -> None:
        """Move several channels at once, all or none.

        Raises:
            ApiError: 404 (10003) for an unknown channel, 403 (50013), 400 (50035) for a full category.
        """
        if not base_permissions(guild, actor_id) & Permission.MANAGE_CHANNELS:
            raise missing_permissions()
        moved = []
        for channel_id, place in places.items():
            channel = guild.channels.get(channel_id)
            if channel is None:
                raise unknown("Channel")
            moved.append(channel)
            if place.get("parent_id", channel.parent_id) != channel.parent_id:
                parent = self._parent(guild, actor_id, channel.type, place.get("parent_id"))
                if parent is not None and place.get("lock_permissions"):
                    self._check_overwrites(guild, actor_id, channel, parent.overwrites)
        with self._events.changing(moved):
            for channel in moved:
                place = places[channel.id]
                channel.position = place.get("position", channel.position)
                channel.parent_id = place.get("parent_id", channel.parent_id)
                if place.get("lock_permissions") and channel.parent_id is not None:
                    channel.overwrites = list(guild.channels[channel.parent_id].overwrites)

    def set_overwrite(self, guild: Guild, actor_id: int, channel: Channel, overwrite: Overwrite) -> None:
        """Set the overwrite of a role or member.

        Raises:
            ApiError: 403 (50013) without permission, 404 (10009) for an unknown role or member.
        """
        others = [o for o in channel.overwrites if o.id != overwrite.id]
        self._check_overwrites(guild, actor_id, channel, [*others, overwrite])
        with self._events.changing([channel]):
            channel.overwrites = [*others, overwrite]

    def drop_overwrite(self, guild: Guild, actor_id: int, channel: Channel, target_id: int) -> None:
        """Remove the overwrite of a role or member.

        Raises:
            ApiError: 404 (10009) if there is none, 403 (50013).
        """
        others = [o for o in channel.overwrites if o.id != target_id]
        self._check_overwrites(guild, actor_id, channel, others)
        if len(others) == len(channel.overwrites):
            raise unknown("Overwrite")
        with self._events.changing([channel]):
            channel.overwrites = others

    def delete(self, guild: Guild, actor_id: int, channel: Channel) -> None:
        """Delete a channel with its content; the channels of a category stay, without a category.

        Raises:
            ApiError: 403 with code 50013.
        """
        self._world.require(channel, actor_id, Permission.MANAGE_CHANNELS)
        viewers = self._events.viewers(channel)
        data = channel_json(self._world, channel)
        orphans = [c for c in guild.channels.values() if c.parent_id == channel.id]
        with self._events.changing(orphans):
            for orphan in orphans:
                orphan.parent_id = None
        del guild.channels[channel.id]
        for message in channel.messages.values():
            self._files.drop(channel.id, message.attachments)
        self._events.deleted(guild.id, data, viewers)
        if guild.system_channel_id == channel.id:
            guild.system_channel_id = None
            publish_guild(self._bus, guild)

    def _check_overwrites(
        self, guild: Guild, actor_id: int, channel: Channel, wanted: Iterable[Overwrite]
    ) -> None:
        wanted = list(wanted)
        self._world.require(channel, actor_id, Permission.MANAGE_ROLES)
        own = base_permissions(guild, actor_id) | self._world.permissions_in(channel, actor_id)
        known = {overwrite.id for overwrite in channel.overwrites}
        require_targets(guild, (overwrite for overwrite in wanted if overwrite.id not in known))
        require_own_bits(own, channel.overwrites, wanted)

    def _parent(self, guild: Guild, actor_id: int, kind: int, parent_id: int | None) -> Channel | None:
        if parent_id is None:
            return None
        parent = guild.channels.get(parent_id)
        if parent is None or parent.type != CATEGORY or kind == CATEGORY:
            raise bad_form(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")
        if not self._world.permissions_in(parent, actor_id):
            raise missing_access()
        self._world.require(parent, actor_id, Permission.MANAGE_CHANNELS)
        inside = sum(channel.parent_id == parent_id for channel in guild.channels.values())
        if inside >= MAX_IN_CATEGORY:
            message = f"Maximum number of channels in category reached ({MAX_IN_CATEGORY})"
            raise bad_form(("parent_id",), "CHANNEL_PARENT_MAX_CHANNELS", message)
        return parent
