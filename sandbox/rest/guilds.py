"""Servers, channels, roles and members, to read."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import bad_form, missing_access, unknown
from sandbox.records import Guild
from sandbox.render import channel_json, guild_json, is_online, member_json, role_json
from sandbox.rest.reading import path_id, query_id, query_int
from sandbox.rest.routing import Route
from sandbox.wire import json_response


def _guild(request: web.Request, engine: Engine) -> Guild:
    guild = engine.world.guilds.get(path_id(request, "guild_id"))
    if guild is None:
        raise unknown("Guild")
    if engine.world.bot.id not in guild.members:
        raise missing_access()
    return guild


async def _get_guild(request: web.Request, engine: Engine) -> web.Response:
    guild = _guild(request, engine)
    data = guild_json(guild)
    if request.query.get("with_counts", "").lower() in ("true", "1"):
        data["approximate_member_count"] = len(guild.members)
        data["approximate_presence_count"] = sum(is_online(engine.world, i) for i in guild.members)
    return json_response(data)


async def _channels(request: web.Request, engine: Engine) -> web.Response:
    guild = _guild(request, engine)
    return json_response([channel_json(engine.world, channel) for channel in guild.channels.values()])


async def _channel(request: web.Request, engine: Engine) -> web.Response:
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    return json_response(channel_json(engine.world, channel))


async def _roles(request: web.Request, engine: Engine) -> web.Response:
    return json_response([role_json(role) for role in _guild(request, engine).roles.values()])


async def _role(request: web.Request, engine: Engine) -> web.Response:
    role = _guild(request, engine).roles.get(path_id(request, "role_id"))
    if role is None:
        raise unknown("Role")
    return json_response(role_json(role))


async def _member(request: web.Request, engine: Engine) -> web.Response:
    guild = _guild(request, engine)
    user_id = path_id(request, "user_id")
    if user_id not in engine.world.users:
        raise unknown("User")
    member = guild.members.get(user_id)
    if member is None:
        raise unknown("Member")
    return json_response(member_json(engine.world, member))


async def _members(request: web.Request, engine: Engine) -> web.Response:
    guild = _guild(request, engine)
    if not engine.world.application.members_intent:
        # "List Guild Members" is restricted by the members intent over REST too.
        raise missing_access()
    limit = query_int(request, "limit", 1, 1, 1000)
    after = query_id(request, "after") or 0
    members = sorted((m for m in guild.members.values() if m.user_id > after), key=lambda m: m.user_id)
    return json_response([member_json(engine.world, member) for member in members[:limit]])


async def _search(request: web.Request, engine: Engine) -> web.Response:
    guild = _guild(request, engine)
    query = request.query.get("query", "").lower()
    if not query:
        raise bad_form(("query",), "BASE_TYPE_REQUIRED", "This field is required")
    limit = query_int(request, "limit", 1, 1, 1000)
    users = engine.world.users
    found = [
        member
        for member in guild.members.values()
        if users[member.user_id].username.lower().startswith(query)
        or (member.nick or users[member.user_id].global_name or "").lower().startswith(query)
    ]
    return json_response([member_json(engine.world, member) for member in found[:limit]])


ROUTES = (
    Route("GET", "/channels/{channel_id}", _channel),
    Route("GET", "/guilds/{guild_id}", _get_guild),
    Route("GET", "/guilds/{guild_id}/channels", _channels),
    Route("GET", "/guilds/{guild_id}/roles", _roles),
    Route("GET", "/guilds/{guild_id}/roles/{role_id}", _role),
    Route("GET", "/guilds/{guild_id}/members", _members),
    Route("GET", "/guilds/{guild_id}/members/search", _search),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", _member),
)
