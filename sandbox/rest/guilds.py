"""/guilds/{id}: read and edit."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.forms.guilds import parse_guild
from sandbox.render import guild_json, is_online
from sandbox.rest.reading import own_guild, read_object
from sandbox.rest.routing import Route


async def _get_guild(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    data = guild_json(guild)
    if request.query.get("with_counts", "").lower() in ("true", "1"):
        data["approximate_member_count"] = len(guild.members)
        data["approximate_presence_count"] = sum(is_online(engine.world, i) for i in guild.members)
    return data


async def _edit_guild(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    engine.guilds.edit(guild, engine.world.bot.id, parse_guild(await read_object(request)))
    return guild_json(guild)


ROUTES = (
    Route("GET", "/guilds/{guild_id}", _get_guild),
    Route("PATCH", "/guilds/{guild_id}", _edit_guild),
)
