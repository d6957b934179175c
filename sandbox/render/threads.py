"""Threads in Discord's v10 JSON."""

from sandbox.records import PRIVATE_THREAD, THREAD_STARTER, Channel, Guild, Thread
from sandbox.wire import JsonObject
from sandbox.world import World

_MOST_COUNTED = 50


def thread_json(channel: Channel, thread: Thread, viewer_id: int | None = None) -> JsonObject:
    """A thread as a channel object, with the viewer's membership, if any."""
    metadata: JsonObject = {
        "archived": thread.archived,
        "archive_timestamp": thread.archive_timestamp,
        "auto_archive_duration": thread.auto_archive_min,
        "locked": thread.locked,
        "create_timestamp": thread.created_timestamp,
    }
    if channel.type == PRIVATE_THREAD:
        metadata["invitable"] = thread.invitable
    messages = sum(m.reader_id is None and m.type != THREAD_STARTER for m in channel.messages.values())
    data: JsonObject = {
        "id": str(channel.id),
        "type": channel.type,
        "guild_id": str(channel.guild_id),
        "parent_id": str(channel.parent_id),
        "owner_id": str(thread.owner_id),
        "name": channel.name,
        "last_message_id": str(channel.last_message_id) if channel.last_message_id else None,
        "message_count": messages,
        "total_message_sent": thread.messages_sent,
        "member_count": min(len(thread.members), _MOST_COUNTED),
        "rate_limit_per_user": channel.slowmode_s,
        "flags": 0,
        "thread_metadata": metadata,
    }
    if viewer_id in thread.members:
        data["member"] = thread_member_json(channel, thread, viewer_id)
    return data


def active_threads(world: World, guild: Guild, viewer_id: int) -> list[Channel]:
    """The active threads of a server that the viewer can see."""
    return [
        channel
        for channel in guild.threads.values()
        if channel.thread is not None
        and not channel.thread.archived
        and world.permissions_in(channel, viewer_id)
    ]


def thread_member_json(channel: Channel, thread: Thread, user_id: int) -> JsonObject:
    """A thread member object."""
    return {
        "id": str(channel.id),
        "user_id": str(user_id),
        "join_timestamp": thread.members[user_id],
        "flags": 0,
    }
