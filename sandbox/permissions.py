"""Discord's permission computation: roles, then channel overwrites, then thread rules."""

from enum import IntFlag

from sandbox.records import PRIVATE_THREAD, Channel, Guild, Role


class Permission(IntFlag):
    """The permission bits that the sandbox uses ("Permissions" in Discord's reference)."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


ALL_PERMISSIONS = (1 << 53) - 1
"""The permissions of administrators and owners: all current bits, and some for the future."""

DM_PERMISSIONS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.PIN_MESSAGES
)
"""The permissions of both sides in a direct message."""


def rank(guild: Guild, user_id: int) -> tuple[int, int]:
    """The rank of a member: its highest role, comparable with ``role_rank``; the owner is above all.

    Of two roles at the same position the older is higher ("Permission Hierarchy" in Discord's reference).
    """
    if guild.owner_id == user_id:
        return 1 << 32, 0
    member = guild.members.get(user_id)
    held = [guild.roles[role_id] for role_id in member.roles if role_id in guild.roles] if member else []
    return max((role_rank(role) for role in held), default=(0, -guild.id))


def role_rank(role: Role) -> tuple[int, int]:
    """The rank of a role."""
    return role.position, -role.id


def base_permissions(guild: Guild, user_id: int) -> int:
    """A member's permissions in a server, without channel overwrites; 0 for others."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL_PERMISSIONS
    allowed = guild.roles[guild.id].permissions
    for role_id in member.roles:
        role = guild.roles.get(role_id)
        if role is not None:
            allowed |= role.permissions
    return ALL_PERMISSIONS if allowed & Permission.ADMINISTRATOR else allowed


def channel_permissions(
    guild: Guild, channel: Channel, user_id: int, speak: Permission = Permission.SEND_MESSAGES
) -> int:
    """A member's permissions in a channel; 0 if the channel is hidden from the user.

    In Discord's order: the overwrite of @everyone, the roles' denials and then grants, the member's own.
    ``speak`` is the permission that sending requires.
    """
    allowed = base_permissions(guild, user_id)
    if allowed == 0 or allowed & Permission.ADMINISTRATOR:
        return allowed
    overwrites = {overwrite.id: overwrite for overwrite in channel.overwrites}
    everyone = overwrites.get(guild.id)
    if everyone is not None:
        allowed = allowed & ~everyone.deny | everyone.allow
    deny = allow = 0
    for role_id in guild.members[user_id].roles:
        overwrite = overwrites.get(role_id)
        if overwrite is not None:
            deny |= overwrite.deny
            allow |= overwrite.allow
    allowed = allowed & ~deny | allow
    own = overwrites.get(user_id)
    if own is not None:
        allowed = allowed & ~own.deny | own.allow
    if not allowed & Permission.VIEW_CHANNEL:
        return 0
    if not allowed & speak:
        # Discord removes these implicitly, because they need a message.
        allowed &= ~(Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS)
    return allowed


def thread_permissions(guild: Guild, parent: Channel, thread: Channel, user_id: int) -> int:
    """A member's permissions in a thread: as in its channel, but with a separate permission for sending.

    It is returned as SEND_MESSAGES too, so that callers check the same bit everywhere. A private thread is
    hidden from everyone except its members and users who manage threads.
    """
    speak = Permission.SEND_MESSAGES_IN_THREADS
    allowed = channel_permissions(guild, parent, user_id, speak)
    inside = thread.thread is not None and user_id in thread.thread.members
    if thread.type == PRIVATE_THREAD and not inside and not allowed & Permission.MANAGE_THREADS:
        return 0
    allowed &= ~Permission.SEND_MESSAGES
    return allowed | Permission.SEND_MESSAGES if allowed & speak else allowed
