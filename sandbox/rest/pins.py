"""/channels/{id}/messages/pins: list, pin and unpin."""

from datetime import datetime

from aiohttp import web

from sandbox.engine import Engine
from sandbox.permissions import Permission
from sandbox.records import Channel, Message
from sandbox.rest.messages import bot_channel, show
from sandbox.rest.reading import path_id, query_int, query_time
from sandbox.rest.routing import Route

_PINS = "/channels/{channel_id}/messages/pins"
_PIN = _PINS + "/{message_id}"
_MAX_PAGE = 50


async def _list(request: web.Request, engine: Engine) -> object:
    channel = bot_channel(request, engine, 0)
    limit = query_int(request, "limit", _MAX_PAGE, 1, _MAX_PAGE)
    before = query_time(request, "before")
    if not engine.world.permissions_in(channel, engine.world.bot.id) & Permission.READ_MESSAGE_HISTORY:
        # Like Discord: an empty list instead of an error.
        return {"items": [], "has_more": False}
    found = engine.pins.pinned(channel)
    if before is not None:
        found = [m for m in found if datetime.fromisoformat(m.pinned_timestamp or "") < before]
    items = [
        {"pinned_at": message.pinned_timestamp, "message": show(engine, channel, message)}
        for message in found[:limit]
    ]
    return {"items": items, "has_more": len(found) > limit}


def _target(request: web.Request, engine: Engine) -> tuple[Channel, Message]:
    channel = bot_channel(request, engine, 0)
    message = engine.world.find_message(channel, path_id(request, "message_id"), None)
    # Since January 2026 MANAGE_MESSAGES no longer includes this permission.
    engine.world.require(channel, engine.world.bot.id, Permission.PIN_MESSAGES)
    return channel, message


async def _pin(request: web.Request, engine: Engine) -> None:
    channel, message = _target(request, engine)
    engine.pins.pin(channel, message, engine.world.bot.id)


async def _unpin(request: web.Request, engine: Engine) -> None:
    channel, message = _target(request, engine)
    engine.pins.unpin(channel, message)


ROUTES = (
    Route("GET", _PINS, _list),
    Route("PUT", _PIN, _pin),
    Route("DELETE", _PIN, _unpin),
)
