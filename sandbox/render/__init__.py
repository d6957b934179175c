"""Renders records as Discord's v10 JSON."""

from sandbox.records import (
    DM_CHANNEL,
    TEXT_CHANNEL,
    Channel,
    Guild,
    Member,
    Role,
    User,
)
from sandbox.render.threads import thread_json
from sandbox.wire import JsonObject
from sandbox.world import World

_MESSAGE_CONTENT_LIMITED = 1 << 19
_GUILD_MEMBERS_LIMITED = 1 << 15
_PRESENCE_LIMITED = 1 << 13


def user_json(user: User) -> JsonObject:
    """A user object."""
    return {
        "id": str(user.id),
        "username": user.username,
        "discriminator": "0",
        "global_name": user.global_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def own_user_json(user: User) -> JsonObject:
    """The bot's own user object, with its private fields."""
    return user_json(user) | {
        "mfa_enabled": True,
        "verified": True,
        "email": None,
        "flags": 0,
        "locale": "en-US",
    }


def role_json(role: Role) -> JsonObject:
    """A role object."""
    data: JsonObject = {
        "id": str(role.id),
        "name": role.name,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "flags": 0,
    }
    if role.bot_id is not None:
        data["tags"] = {"bot_id": str(role.bot_id)}
    return data


def member_json(world: World, member: Member, *, with_user: bool = True) -> JsonObject:
    """A member object."""
    data: JsonObject = {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": member.joined_at,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    if with_user:
        data["user"] = user_json(world.users[member.user_id])
    return data


def channel_json(world: World, channel: Channel, viewer_id: int | None = None) -> JsonObject:
    """A channel object. For a direct message it has the recipient; for a thread, the viewer's membership."""
    if channel.thread is not None:
        return thread_json(channel, channel.thread, viewer_id)
    last = str(channel.last_message_id) if channel.last_message_id else None
    if channel.type == DM_CHANNEL and channel.recipient_id is not None:
        return {
            "id": str(channel.id),
            "type": DM_CHANNEL,
            "last_message_id": last,
            "flags": 0,
            "recipients": [user_json(world.users[channel.recipient_id])],
        }
    data: JsonObject = {
        "id": str(channel.id),
        "type": channel.type,
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "position": channel.position,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "permission_overwrites": [
            {"id": str(o.id), "type": o.type, "allow": str(o.allow), "deny": str(o.deny)}
            for o in channel.overwrites
        ],
        "flags": 0,
    }
    if channel.type == TEXT_CHANNEL:
        data |= {
            "topic": channel.topic,
            "nsfw": channel.nsfw,
            "rate_limit_per_user": channel.slowmode_s,
            "last_message_id": last,
        }
    return data


def location_json(channel: Channel) -> JsonObject:
    """The ids of a channel and its server, as in events; direct messages have no server."""
    data: JsonObject = {"channel_id": str(channel.id)}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    return data


def guild_json(guild: Guild) -> JsonObject:
    """A guild object as in REST: with roles, without channels and members."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": guild.description,
        "owner_id": str(guild.owner_id),
        "region": "localhost",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [role_json(role) for role in guild.roles.values()],
        "system_channel_id": str(guild.system_channel_id) if guild.system_channel_id else None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "max_members": 500_000,
        "application_id": None,
    } | guild.levels


def presence_json(user_id: int, guild_id: int, *, online: bool) -> JsonObject:
    """A presence update object."""
    status = "online" if online else "offline"
    return {
        "user": {"id": str(user_id)},
        "guild_id": str(guild_id),
        "status": status,
        "activities": [],
        "client_status": {"web": status} if online else {},
    }


def is_online(world: World, user_id: int) -> bool:
    """Whether a user is online: people always, the bot while it is connected."""
    return user_id != world.application.bot_id or world.bot_online


def application_json(world: World) -> JsonObject:
    """The application object for its own bot."""
    app = world.application
    return {
        "id": str(app.id),
        "name": app.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": f"{app.id:064x}",
        "owner": user_json(world.users[app.owner_id]),
        "team": None,
        "flags": application_flags(world),
        "approximate_guild_count": len(world.guilds),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "bot": user_json(world.bot),
    }


def application_flags(world: World) -> int:
    """The application's public flags: the privileged intents enabled in its portal."""
    app = world.application
    return (
        app.presences_intent * _PRESENCE_LIMITED
        | app.members_intent * _GUILD_MEMBERS_LIMITED
        | app.message_content_intent * _MESSAGE_CONTENT_LIMITED
    )
