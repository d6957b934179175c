"""Servers, to read."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.render import guild_json, is_online
from sandbox.rest.reading import own_guild
from sandbox.rest.routing import Route
from sandbox.wire import json_response


async def _get_guild(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    data = guild_json(guild)
    if request.query.get("with_counts", "").lower() in ("true", "1"):
        data["approximate_member_count"] = len(guild.members)
        data["approximate_presence_count"] = sum(is_online(engine.world, i) for i in guild.members)
    return json_response(data)


ROUTES = (Route("GET", "/guilds/{guild_id}", _get_guild),)
