"""Edits servers, by Discord's rules."""

from sandbox.errors import bad_form, missing_permissions, unknown
from sandbox.events import EventBus
from sandbox.forms.guilds import GuildFields
from sandbox.parts import Core, Part
from sandbox.permissions import Permission, base_permissions
from sandbox.pictures import Pictures
from sandbox.records import TEXT_CHANNEL, Guild
from sandbox.render import guild_json


class Guilds(Part):
    """Changes servers and publishes the events."""

    def __init__(self, core: Core, pictures: Pictures) -> None:
        super().__init__(core)
        self._pictures = pictures

    def edit(self, guild: Guild, actor_id: int, fields: GuildFields) -> None:
        """Changes the given fields.

        Raises:
            ApiError: 403 (50013) without permission, 400 (50035) for an invalid system channel,
                404 (10007) for a new owner who is not a member.
        """
        if not base_permissions(guild, actor_id) & Permission.MANAGE_GUILD:
            raise missing_permissions()
        owner_id = fields.get("owner_id", guild.owner_id)
        if guild.owner_id not in (owner_id, actor_id):
            raise missing_permissions()
        if owner_id not in guild.members:
            raise unknown("Member")
        system_id = fields.get("system_channel_id", guild.system_channel_id)
        if system_id is not None:
            channel = guild.channels.get(system_id)
            if channel is None or channel.type != TEXT_CHANNEL:
                raise bad_form(("system_channel_id",), "CHANNEL_INVALID", "Invalid channel")
        before = guild_json(guild)
        guild.name = fields.get("name", guild.name)
        guild.description = fields.get("description", guild.description)
        guild.owner_id = owner_id
        guild.system_channel_id = system_id
        guild.levels = guild.levels | fields.get("levels", {})
        if "icon" in fields:
            icon = fields["icon"]
            guild.icon = self._pictures.put(guild.id, icon) if icon is not None else None
        if guild_json(guild) != before:
            publish_guild(self._bus, guild)


def publish_guild(bus: EventBus, guild: Guild) -> None:
    """Publish the server to all members."""
    bus.send("GUILD_UPDATE", guild_json(guild), guild_id=guild.id)
