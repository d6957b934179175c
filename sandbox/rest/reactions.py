"""/channels/{id}/messages/{id}/reactions."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.permissions import Permission
from sandbox.posts.reactions import check_emoji
from sandbox.records import Channel, Message
from sandbox.render import user_json
from sandbox.rest.reading import path_id, query_id, query_int
from sandbox.rest.routing import Route

_PATH = "/channels/{channel_id}/messages/{message_id}/reactions"


def _target(request: web.Request, engine: Engine, needed: int) -> tuple[Channel, Message]:
    bot_id = engine.world.bot.id
    channel = engine.world.visible_channel(path_id(request, "channel_id"), bot_id)
    engine.world.require(channel, bot_id, needed)
    return channel, engine.world.find_message(channel, path_id(request, "message_id"), None)


async def _add(request: web.Request, engine: Engine) -> None:
    channel, message = _target(request, engine, Permission.READ_MESSAGE_HISTORY)
    emoji = request.match_info["emoji"]
    if emoji not in message.reactions:
        # Adding to an existing reaction does not need ADD_REACTIONS.
        engine.world.require(channel, engine.world.bot.id, Permission.ADD_REACTIONS)
    engine.reactions.add(channel, message, engine.world.bot.id, emoji)


async def _remove(request: web.Request, engine: Engine) -> None:
    own = "user_id" not in request.match_info
    channel, message = _target(request, engine, 0 if own else Permission.MANAGE_MESSAGES)
    user_id = engine.world.bot.id if own else path_id(request, "user_id")
    engine.reactions.remove(channel, message, user_id, request.match_info["emoji"])


async def _clear(request: web.Request, engine: Engine) -> None:
    channel, message = _target(request, engine, Permission.MANAGE_MESSAGES)
    engine.reactions.clear(channel, message, request.match_info.get("emoji"))


async def _list(request: web.Request, engine: Engine) -> object:
    _, message = _target(request, engine, Permission.READ_MESSAGE_HISTORY)
    emoji = request.match_info["emoji"]
    check_emoji(emoji)
    after = query_id(request, "after") or 0
    limit = query_int(request, "limit", 25, 1, 100)
    user_ids = sorted(i for i in message.reactions.get(emoji, []) if i > after)
    return [user_json(engine.world.users[i]) for i in user_ids[:limit]]


ROUTES = (
    Route("PUT", _PATH + "/{emoji}/@me", _add, "reactions"),
    Route("DELETE", _PATH + "/{emoji}/@me", _remove, "reactions"),
    Route("DELETE", _PATH + "/{emoji}/{user_id}", _remove, "reactions"),
    Route("DELETE", _PATH + "/{emoji}", _clear, "reactions"),
    Route("DELETE", _PATH, _clear, "reactions"),
    Route("GET", _PATH + "/{emoji}", _list),
)
