"""Threads: start, edit, delete, list."""

from datetime import UTC, datetime

from aiohttp import web

from sandbox.engine import Engine
from sandbox.forms.threads import parse_thread, parse_thread_type
from sandbox.permissions import Permission
from sandbox.records import PRIVATE_THREAD, PUBLIC_THREAD, Channel, Guild, Thread
from sandbox.render import channel_json
from sandbox.render.threads import active_threads, thread_member_json
from sandbox.rest.reading import own_guild, path_id, query_int, query_time, read_object
from sandbox.rest.routing import Route
from sandbox.wire import JsonObject

_CHANNEL = "/channels/{channel_id}"
_MAX_PAGE = 100


def _show(engine: Engine, channel: Channel) -> JsonObject:
    return channel_json(engine.world, channel, engine.world.bot.id)


async def _start_from(request: web.Request, engine: Engine) -> object:
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    source = engine.world.find_message(channel, path_id(request, "message_id"), None)
    fields = parse_thread(await read_object(request), new=True)
    started = engine.threads.start(channel, engine.world.bot.id, fields, kind=PUBLIC_THREAD, source=source)
    return _show(engine, started)


async def _start(request: web.Request, engine: Engine) -> object:
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    body = await read_object(request)
    kind, fields = parse_thread_type(body), parse_thread(body, new=True)
    started = engine.threads.start(channel, engine.world.bot.id, fields, kind=kind, source=None)
    return _show(engine, started)


async def edit_thread(request: web.Request, engine: Engine, channel: Channel, thread: Thread) -> object:
    """PATCH /channels/{id} for a thread."""
    fields = parse_thread(await read_object(request))
    engine.threads.edit(channel, thread, engine.world.bot.id, fields)
    return _show(engine, channel)


async def delete_thread(engine: Engine, channel: Channel) -> object:
    """DELETE /channels/{id} for a thread."""
    data = _show(engine, channel)
    engine.threads.delete(channel, engine.world.bot.id)
    return data


async def _active(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    return _listed(engine, active_threads(engine.world, guild, engine.world.bot.id))


def _listed(engine: Engine, channels: list[Channel]) -> JsonObject:
    bot_id = engine.world.bot.id
    mine = [c for c in channels if c.thread is not None and bot_id in c.thread.members]
    return {
        "threads": [_show(engine, channel) for channel in channels],
        "members": [thread_member_json(c, c.thread, bot_id) for c in mine if c.thread is not None],
    }


def _archived(kind: int, *, joined: bool = False, needed: Permission | None = None) -> Route:
    async def serve(request: web.Request, engine: Engine) -> object:
        bot_id = engine.world.bot.id
        channel = engine.world.visible_channel(path_id(request, "channel_id"), bot_id)
        engine.world.require(channel, bot_id, Permission.READ_MESSAGE_HISTORY)
        if needed is not None:
            engine.world.require(channel, bot_id, needed)
        limit = query_int(request, "limit", 50, 2, _MAX_PAGE)
        before = query_time(request, "before") if not joined else None
        guild = engine.world.guilds[channel.guild_id] if channel.guild_id is not None else None
        found = _old_threads(guild, channel, kind, before)
        if joined:
            found = [c for c in found if c.thread is not None and bot_id in c.thread.members]
        return _listed(engine, found[:limit]) | {"has_more": len(found) > limit}

    names = {PUBLIC_THREAD: "public", PRIVATE_THREAD: "private"}
    path = f"/users/@me/threads/archived/{names[kind]}" if joined else f"/threads/archived/{names[kind]}"
    return Route("GET", _CHANNEL + path, serve)


def _old_threads(guild: Guild | None, channel: Channel, kind: int, before: datetime | None) -> list[Channel]:
    latest = before if before is not None else datetime.max.replace(tzinfo=UTC)
    found = [
        (datetime.fromisoformat(place.thread.archive_timestamp), place)
        for place in (guild.threads.values() if guild is not None else ())
        if place.parent_id == channel.id and place.type == kind and place.thread and place.thread.archived
    ]
    newest_first = sorted(found, key=lambda pair: (pair[0], pair[1].id), reverse=True)
    return [place for moment, place in newest_first if moment < latest]


ROUTES = (
    Route("POST", _CHANNEL + "/messages/{message_id}/threads", _start_from, status=201),
    Route("POST", _CHANNEL + "/threads", _start, status=201),
    Route("GET", "/guilds/{guild_id}/threads/active", _active),
    _archived(PUBLIC_THREAD),
    _archived(PRIVATE_THREAD, needed=Permission.MANAGE_THREADS),
    _archived(PRIVATE_THREAD, joined=True),
)
