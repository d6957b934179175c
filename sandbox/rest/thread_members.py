"""/channels/{id}/thread-members: the members of a thread."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import missing_access, unknown, wrong_channel_type
from sandbox.records import Channel, Thread
from sandbox.render import member_json
from sandbox.render.threads import thread_member_json
from sandbox.rest.reading import path_id
from sandbox.rest.routing import Route
from sandbox.wire import JsonObject

_MEMBERS = "/channels/{channel_id}/thread-members"
_ME = _MEMBERS + "/@me"
_MEMBER = _MEMBERS + "/{user_id}"


def _thread(request: web.Request, engine: Engine) -> tuple[Channel, Thread]:
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    if channel.thread is None:
        raise wrong_channel_type()
    return channel, channel.thread


def _user_id(request: web.Request, engine: Engine) -> int:
    own = "user_id" not in request.match_info
    return engine.world.bot.id if own else path_id(request, "user_id")


async def _add(request: web.Request, engine: Engine) -> None:
    channel, thread = _thread(request, engine)
    engine.threads.members.add(channel, thread, engine.world.bot.id, _user_id(request, engine))


async def _remove(request: web.Request, engine: Engine) -> None:
    channel, thread = _thread(request, engine)
    engine.threads.members.remove(channel, thread, engine.world.bot.id, _user_id(request, engine))


def _show(request: web.Request, engine: Engine, channel: Channel, thread: Thread, user_id: int) -> JsonObject:
    data = thread_member_json(channel, thread, user_id)
    member = engine.world.member(channel.guild_id, user_id)
    if request.query.get("with_member", "").lower() in ("true", "1") and member is not None:
        data["member"] = member_json(engine.world, member)
    return data


async def _get(request: web.Request, engine: Engine) -> object:
    channel, thread = _thread(request, engine)
    user_id = path_id(request, "user_id")
    if user_id not in thread.members:
        raise unknown("Member")
    return _show(request, engine, channel, thread, user_id)


async def _list(request: web.Request, engine: Engine) -> object:
    channel, thread = _thread(request, engine)
    if not engine.world.application.members_intent:
        # "List Thread Members" needs the members intent.
        raise missing_access()
    return [_show(request, engine, channel, thread, user_id) for user_id in thread.members]


ROUTES = (
    Route("PUT", _ME, _add),
    Route("DELETE", _ME, _remove),
    Route("PUT", _MEMBER, _add),
    Route("DELETE", _MEMBER, _remove),
    Route("GET", _MEMBER, _get),
    Route("GET", _MEMBERS, _list),
)
