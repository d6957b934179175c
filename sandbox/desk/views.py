"""GET /sandbox/state, messages, pins and events: a person's view, for the page."""

import asyncio
import logging
from collections import deque

from aiohttp import WSMsgType, web

from sandbox.desk.people import People
from sandbox.engine import ENGINE, Engine
from sandbox.errors import ActionError
from sandbox.events import Event, may_receive
from sandbox.records import Guild, User
from sandbox.render import (
    application_json,
    channel_json,
    guild_json,
    is_online,
    member_json,
    presence_json,
    user_json,
)
from sandbox.render.messages import gateway_message_json
from sandbox.wire import JsonObject, as_id, encode, json_response

logger = logging.getLogger(__name__)

# The open WebSockets of pages, which a stop closes.
SOCKETS = web.AppKey("SOCKETS", set[web.WebSocketResponse])
_MAX_QUEUED = 2000
_PAGE_PING_S = 30.0
_SHOWN = frozenset(
    {
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
        "TYPING_START",
        "GUILD_UPDATE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_MEMBER_UPDATE",
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
        "CHANNEL_PINS_UPDATE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "THREAD_DELETE",
        "THREAD_MEMBERS_UPDATE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_UPDATE",
        "GUILD_ROLE_DELETE",
        "APPLICATION_COMMANDS_UPDATE",
        "BOT_CONNECTION",
        "INTERACTION_RESULT",
    }
)


def add_views(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/sandbox/state", _state)
    app.router.add_get("/sandbox/channels/{channel_id}/messages", _messages)
    app.router.add_get("/sandbox/channels/{channel_id}/pins", _pins)
    app.router.add_get("/sandbox/events", _events)


def build_state(engine: Engine, user: User) -> JsonObject:
    """Everything that a person can see, in Discord's JSON.

    Opens the direct message with the bot, because a slash command needs a channel before the first message.
    """
    world = engine.world
    seed = engine.seed
    if world.shares_guild_with_bot(user.id):
        world.dm_with(user.id, engine.next_id())
    dm = world.dms.get(user.id)
    return {
        "me": user_json(user),
        "identities": [
            {"name": name, "user": str(user_id), "label": seed.labels[name]}
            for name, user_id in seed.users.items()
        ],
        "application": application_json(world),
        "bot": {
            "user": user_json(world.bot),
            "connected": world.bot_online,
            "commands_url": engine.commands_url,
            "prefix": engine.prefix,
        },
        "home_guild_id": str(seed.home_guild_id),
        "guilds": [
            _guild(engine, guild, user) for guild in world.guilds.values() if user.id in guild.members
        ],
        "dms": [channel_json(world, dm) | {"recipients": [user_json(world.bot)]}] if dm is not None else [],
        "commands": engine.commands.all(),
    }


def _guild(engine: Engine, guild: Guild, user: User) -> JsonObject:
    world = engine.world
    visible = [c for c in guild.channels.values() if world.permissions_in(c, user.id)]
    return guild_json(guild) | {
        "member_count": len(guild.members),
        "channels": [
            channel_json(world, channel) | {"permissions": str(world.permissions_in(channel, user.id))}
            for channel in visible
        ],
        "threads": [
            channel_json(world, channel, user.id)
            | {"permissions": str(world.permissions_in(channel, user.id))}
            for channel in guild.threads.values()
            if world.permissions_in(channel, user.id)
        ],
        "members": [
            member_json(world, member)
            | {"presence": "online" if is_online(world, member.user_id) else "offline"}
            for member in guild.members.values()
        ],
        "presences": [
            presence_json(user_id, guild.id, online=is_online(world, user_id)) for user_id in guild.members
        ],
    }


def _viewer(request: web.Request) -> User:
    return People(request.app[ENGINE]).user(request.query.get("user", ""))


async def _state(request: web.Request) -> web.Response:
    return json_response(build_state(request.app[ENGINE], _viewer(request)))


async def _messages(request: web.Request) -> web.Response:
    engine = request.app[ENGINE]
    user = _viewer(request)
    channel = People(engine).channel(request.match_info["channel_id"], user)
    before, limit = _paging(request)
    seen = [
        message
        for message in channel.messages.values()
        if message.id < before and message.reader_id in (None, user.id)
    ]
    return json_response(
        [gateway_message_json(engine.world, channel, message, user.id) for message in seen[-limit:]]
    )


async def _pins(request: web.Request) -> web.Response:
    engine = request.app[ENGINE]
    user = _viewer(request)
    channel = People(engine).channel(request.match_info["channel_id"], user)
    return json_response(
        [
            {
                "pinned_at": message.pinned_timestamp,
                "message": gateway_message_json(engine.world, channel, message, user.id),
            }
            for message in engine.pins.pinned(channel)
        ]
    )


def _paging(request: web.Request) -> tuple[int, int]:
    raw = request.query.get("limit", "50")
    limit = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 0
    before = as_id(request.query["before"]) if "before" in request.query else 1 << 63
    if not 1 <= limit <= 200 or before is None:
        raise ActionError(400, "limit must be 1 to 200, and before must be an id.")
    return before, limit


class _Feed:
    """The queued events for one page."""

    def __init__(self, engine: Engine, user: User) -> None:
        self._engine = engine
        self._user = user
        self._queue: deque[str] = deque()
        self._wake = asyncio.Event()
        self.overflowed = False

    def on_event(self, event: Event) -> None:
        if event.name not in _SHOWN or not may_receive(self._engine.world, event, self._user.id):
            return
        if len(self._queue) >= _MAX_QUEUED:
            self.overflowed = True
        else:
            self._queue.append(encode({"t": event.name, "d": event.data(self._user.id)}))
        self._wake.set()

    async def send_to(self, socket: web.WebSocketResponse) -> None:
        while not self.overflowed:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await socket.send_str(self._queue.popleft())
        # A page that missed events reloads everything when its socket closes.
        await socket.close(code=4008, message=b"too slow")


async def _events(request: web.Request) -> web.StreamResponse:
    engine = request.app[ENGINE]
    user = _viewer(request)
    socket = web.WebSocketResponse(heartbeat=_PAGE_PING_S)
    feed = _Feed(engine, user)
    # Subscribe before the handshake ends, so that a connected page misses nothing.
    unsubscribe = engine.bus.subscribe(feed.on_event)
    sender: asyncio.Task[None] | None = None
    try:
        await socket.prepare(request)
        request.app[SOCKETS].add(socket)
        sender = asyncio.create_task(feed.send_to(socket), name="sandbox.desk.page.events")
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                logger.info("sandbox.desk.page.error error=%r", socket.exception())
    finally:
        unsubscribe()
        request.app[SOCKETS].discard(socket)
        if sender is not None:
            sender.cancel()
            await asyncio.wait([sender])
    return socket
