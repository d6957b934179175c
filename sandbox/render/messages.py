"""Messages in Discord's v10 JSON."""

from sandbox.records import (
    FLAG_EPHEMERAL,
    FLAG_HAS_THREAD,
    REPLY,
    THREAD_STARTER,
    Attachment,
    Channel,
    Message,
)
from sandbox.render import member_json, user_json
from sandbox.render.threads import thread_json
from sandbox.wire import JsonObject
from sandbox.world import World

_WITH_REFERENCE = (REPLY, THREAD_STARTER)


def attachment_json(attachment: Attachment) -> JsonObject:
    """An attachment object."""
    data: JsonObject = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": attachment.size,
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
        "flags": 0,
    }
    if attachment.width is not None:
        data |= {"width": attachment.width, "height": attachment.height}
    if attachment.description is not None:
        data["description"] = attachment.description
    return data


def emoji_json(emoji: str) -> JsonObject:
    """A partial emoji object; the sandbox has only Unicode emoji."""
    return {"id": None, "name": emoji}


def message_json(
    world: World, channel: Channel, message: Message, viewer_id: int, *, nested: bool = False
) -> JsonObject:
    """A message object as in REST, for a viewer (who is ``me`` in reactions).

    Args:
        world: The records.
        channel: The message's channel.
        message: The message.
        viewer_id: The viewer.
        nested: Whether to omit the referenced message, as Discord does in nested messages.
    """
    data: JsonObject = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": message.type,
        "author": _author(world, message),
        "content": message.content,
        "timestamp": message.timestamp,
        "edited_timestamp": message.edited_timestamp,
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(world.users[user_id]) for user_id in message.mentions],
        "mention_roles": [str(role_id) for role_id in message.mention_roles],
        "attachments": [attachment_json(a) for a in message.attachments if not a.embedded],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned_timestamp is not None,
        "flags": message.flags,
    }
    thread = world.thread_of(channel, message.id)
    if thread is not None and thread.thread is not None:
        data["flags"] |= FLAG_HAS_THREAD
        data["thread"] = thread_json(thread, thread.thread, viewer_id)
    if message.webhook is not None:
        data["webhook_id"] = str(message.webhook.id)
        data["application_id"] = str(world.application.id)
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.reactions:
        data["reactions"] = [_reaction(emoji, who, viewer_id) for emoji, who in message.reactions.items()]
    if message.author_id == world.application.bot_id and message.interaction is not None:
        data |= {"application_id": str(world.application.id), "webhook_id": str(world.application.id)}
        data |= message.interaction
    if message.reference_id is not None or message.reference_channel_id is not None:
        data |= _reference(world, channel, message, viewer_id, nested=nested)
    return data


def gateway_message_json(world: World, channel: Channel, message: Message, viewer_id: int) -> JsonObject:
    """A message object as in the gateway: with the memberships of the author and the mentioned users.

    An ephemeral message has no server and member fields, like a direct message ("Message Create" in Discord's
    reference).
    """
    data = message_json(world, channel, message, viewer_id)
    data["channel_type"] = channel.type
    if channel.guild_id is None or message.flags & FLAG_EPHEMERAL:
        return data
    data["guild_id"] = str(channel.guild_id)
    author = world.member(channel.guild_id, message.author_id)
    if author is not None:
        data["member"] = member_json(world, author, with_user=False)
    for mention in data["mentions"]:
        member = world.member(channel.guild_id, int(mention["id"]))
        if member is not None:
            mention["member"] = member_json(world, member, with_user=False)
    return data


def _author(world: World, message: Message) -> JsonObject:
    if message.webhook is None:
        return user_json(world.users[message.author_id])
    return {
        "id": str(message.webhook.id),
        "username": message.webhook.name,
        "discriminator": "0000",
        "global_name": None,
        "avatar": message.webhook.avatar,
        "bot": True,
        "public_flags": 0,
        "flags": 0,
    }


def _reaction(emoji: str, user_ids: list[int], viewer_id: int) -> JsonObject:
    return {
        "emoji": emoji_json(emoji),
        "count": len(user_ids),
        "count_details": {"burst": 0, "normal": len(user_ids)},
        "me": viewer_id in user_ids,
        "me_burst": False,
        "burst_colors": [],
    }


def _reference(
    world: World, channel: Channel, message: Message, viewer_id: int, *, nested: bool
) -> JsonObject:
    place = world.find_channel(message.reference_channel_id or channel.id)
    reference: JsonObject = {
        "type": 0,
        "channel_id": str(message.reference_channel_id or message.channel_id),
    }
    if message.reference_id is not None:
        reference["message_id"] = str(message.reference_id)
    if channel.guild_id is not None:
        reference["guild_id"] = str(channel.guild_id)
    data: JsonObject = {"message_reference": reference}
    if not nested and message.type in _WITH_REFERENCE and message.reference_id is not None:
        target = place.messages.get(message.reference_id) if place is not None else None
        visible = target is not None and target.reader_id in (None, viewer_id)
        data["referenced_message"] = (
            message_json(world, place, target, viewer_id, nested=True)
            if place is not None and target is not None and visible
            else None
        )
    return data
