"""/guilds/{id}/roles, and assigning them to members."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.forms.roles import parse_positions, parse_role
from sandbox.places.roles import find_role
from sandbox.render import role_json
from sandbox.rest.reading import own_guild, path_id, read_json, read_object
from sandbox.rest.routing import Route
from sandbox.wire import json_response

_ROLES = "/guilds/{guild_id}/roles"
_ROLE = _ROLES + "/{role_id}"
_HELD = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"


async def _list(request: web.Request, engine: Engine) -> web.Response:
    return json_response([role_json(role) for role in own_guild(request, engine).roles.values()])


async def _get(request: web.Request, engine: Engine) -> web.Response:
    return json_response(role_json(find_role(own_guild(request, engine), path_id(request, "role_id"))))


async def _create(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    form = parse_role(await read_object(request))
    return json_response(role_json(engine.roles.create(guild, engine.world.bot.id, form)))


async def _move(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    wanted = parse_positions(await read_json(request))
    roles = engine.roles.move(guild, engine.world.bot.id, wanted)
    return json_response([role_json(role) for role in roles])


async def _edit(request: web.Request, engine: Engine) -> web.Response:
    guild, role_id = own_guild(request, engine), path_id(request, "role_id")
    form = parse_role(await read_object(request))
    return json_response(role_json(engine.roles.edit(guild, engine.world.bot.id, role_id, form)))


async def _delete(request: web.Request, engine: Engine) -> web.Response:
    engine.roles.delete(own_guild(request, engine), engine.world.bot.id, path_id(request, "role_id"))
    return web.Response(status=204)


async def _give(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    member = engine.members.find(guild, path_id(request, "user_id"))
    engine.members.give(guild, engine.world.bot.id, member, path_id(request, "role_id"))
    return web.Response(status=204)


async def _take(request: web.Request, engine: Engine) -> web.Response:
    guild = own_guild(request, engine)
    member = engine.members.find(guild, path_id(request, "user_id"))
    engine.members.take(guild, engine.world.bot.id, member, path_id(request, "role_id"))
    return web.Response(status=204)


ROUTES = (
    Route("GET", _ROLES, _list),
    Route("POST", _ROLES, _create),
    Route("PATCH", _ROLES, _move),
    Route("GET", _ROLE, _get),
    Route("PATCH", _ROLE, _edit),
    Route("DELETE", _ROLE, _delete),
    Route("PUT", _HELD, _give),
    Route("DELETE", _HELD, _take),
)
