"""Servers and channels, to read."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.render import channel_json, guild_json, is_online
from sandbox.rest.reading import own_guild, path_id
from sandbox.rest.routing import Route
from sandbox.wire import json_response


async def _get_guild(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    data = guild_json(guild)
    if request.query.get("with_counts", "").lower() in ("true", "1"):
        data["approximate_member_count"] = len(guild.members)
        data["approximate_presence_count"] = sum(is_online(engine.world, i) for i in guild.members)
    return json_response(data)


async def _channels(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    return json_response([channel_json(engine.world, channel) for channel in guild.channels.values()])


async def _channel(request: web.Request, engine: Engine) -> web.Response:
    channel = engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)
    return json_response(channel_json(engine.world, channel))


ROUTES = (
    Route("GET", "/channels/{channel_id}", _channel),
    Route("GET", "/guilds/{guild_id}", _get_guild),
    Route("GET", "/guilds/{guild_id}/channels", _channels),
)
