"""/channels/{id}/messages: create, read, edit, delete, history, typing."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import ApiError, bad_form, not_for_dms, unknown
from sandbox.forms.messages import parse_message
from sandbox.gateway.intents import blank_content
from sandbox.permissions import Permission
from sandbox.records import CATEGORY, Channel, Message
from sandbox.render.messages import message_json
from sandbox.rest.reading import path_id, query_id, query_int, read_message, read_object
from sandbox.rest.routing import Route
from sandbox.snowflake import created_s
from sandbox.wire import JsonObject, as_id

_PATH = "/channels/{channel_id}/messages"
BULK_DELETE_S = 14 * 86_400.0
"""The maximum age for bulk deletion, in seconds."""
OLD_S = 3_600.0
"""The age from which edits have a stricter rate limit, in seconds."""


def bot_channel(request: web.Request, engine: Engine, needed: int) -> Channel:
    """The path's channel; it must support messages and grant the bot the permissions.

    Raises:
        ApiError: 404 (10003) or 403 (50001, 50013); 400 (50008) for a category.
    """
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    if channel.type == CATEGORY:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    engine.world.require(channel, engine.world.bot.id, needed)
    return channel


def show(engine: Engine, channel: Channel, message: Message) -> JsonObject:
    """The message as the bot sees it over REST, where the message-content intent also applies."""
    bot_id = engine.world.bot.id
    data = message_json(engine.world, channel, message, bot_id)
    readable = (
        engine.world.application.message_content_intent
        or channel.guild_id is None
        or message.author_id == bot_id
        or bot_id in message.mentions
    )
    return data if readable else blank_content(data)


async def _create(request: web.Request, engine: Engine) -> object:
    channel = bot_channel(request, engine, Permission.SEND_MESSAGES)
    if channel.recipient_id is not None and not engine.world.shares_guild_with_bot(channel.recipient_id):
        raise ApiError(403, 50007, "Cannot send messages to this user")
    body, files = await read_message(request)
    form = parse_message(body, files)
    if files:
        engine.world.require(channel, engine.world.bot.id, Permission.ATTACH_FILES)
    if form.embeds:
        engine.world.require(channel, engine.world.bot.id, Permission.EMBED_LINKS)
    engine.threads.reopen(channel, engine.world.bot.id)
    message = engine.messages.create(channel, engine.world.bot.id, form)
    return show(engine, channel, message)


async def _history(request: web.Request, engine: Engine) -> object:
    channel = bot_channel(request, engine, 0)
    limit = query_int(request, "limit", 50, 1, 100)
    before, after = query_id(request, "before"), query_id(request, "after")
    around = query_id(request, "around")
    if not engine.world.permissions_in(channel, engine.world.bot.id) & Permission.READ_MESSAGE_HISTORY:
        # Like Discord: an empty list instead of an error.
        return []
    messages = [m for m in channel.messages.values() if m.reader_id is None]
    page = _page(messages, limit, before, after, around)
    return [show(engine, channel, message) for message in reversed(page)]


def _page(
    messages: list[Message], limit: int, before: int | None, after: int | None, around: int | None
) -> list[Message]:
    if around is not None:
        older = [m for m in messages if m.id < around][-(limit // 2) or len(messages) :]
        newer = [m for m in messages if m.id >= around][: limit - len(older)]
        return older + newer
    if before is not None:
        return [m for m in messages if m.id < before][-limit:]
    if after is not None:
        return [m for m in messages if m.id > after][:limit]
    return messages[-limit:]


def _readable(request: web.Request, engine: Engine, needed: int = 0) -> tuple[Channel, Message]:
    channel = bot_channel(request, engine, needed)
    message = engine.world.find_message(channel, path_id(request, "message_id"), None)
    return channel, message


async def _get(request: web.Request, engine: Engine) -> object:
    channel, message = _readable(request, engine, Permission.READ_MESSAGE_HISTORY)
    return show(engine, channel, message)


async def _edit(request: web.Request, engine: Engine) -> object:
    channel, message = _readable(request, engine)
    body, files = await read_message(request)
    form = parse_message(body, files)
    if channel.thread is not None and channel.thread.archived:
        raise ApiError(400, 50083, "Thread is archived")
    if message.author_id != engine.world.bot.id:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if engine.wall_s() - created_s(message.id) > OLD_S:
        engine.limits.take_old_edit(channel.id)
    engine.messages.edit(channel, message, form)
    return show(engine, channel, message)


async def _delete(request: web.Request, engine: Engine) -> None:
    channel, message = _readable(request, engine)
    if message.author_id != engine.world.bot.id:
        if channel.guild_id is None:
            raise not_for_dms()
        engine.world.require(channel, engine.world.bot.id, Permission.MANAGE_MESSAGES)
    engine.messages.delete(channel, message)


async def _bulk_delete(request: web.Request, engine: Engine) -> None:
    channel = bot_channel(request, engine, Permission.MANAGE_MESSAGES)
    if channel.guild_id is None:
        raise not_for_dms()
    ids = (await read_object(request)).get("messages")
    if not isinstance(ids, list) or not 2 <= len(ids) <= 100:
        raise bad_form(("messages",), "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.")
    wanted = {as_id(raw) for raw in ids}
    if len(wanted) < len(ids):
        raise bad_form(
            ("messages",), "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"
        )
    if None in wanted:
        raise bad_form(("messages",), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
    oldest_s = engine.wall_s() - BULK_DELETE_S
    if any(created_s(message_id) < oldest_s for message_id in wanted if message_id is not None):
        # Discord too checks only the ids, not whether the messages exist.
        raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    found = [m for m in channel.messages.values() if m.id in wanted and m.reader_id is None]
    if not found:
        raise unknown("Message")
    engine.messages.delete_bulk(channel, found)


async def _typing(request: web.Request, engine: Engine) -> None:
    channel = bot_channel(request, engine, Permission.SEND_MESSAGES)
    engine.messages.typing(channel, engine.world.bot.id)


ROUTES = (
    Route("POST", _PATH, _create, "messages.create"),
    Route("GET", _PATH, _history),
    Route("POST", _PATH + "/bulk-delete", _bulk_delete),
    Route("GET", _PATH + "/{message_id}", _get),
    Route("PATCH", _PATH + "/{message_id}", _edit, "messages.edit"),
    Route("DELETE", _PATH + "/{message_id}", _delete, "messages.delete"),
    Route("POST", "/channels/{channel_id}/typing", _typing, "typing"),
)
