"""/guilds/{id}/roles, and assigning them to members."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.forms.roles import parse_positions, parse_role
from sandbox.places.roles import find_role
from sandbox.records import Guild, Member
from sandbox.render import role_json
from sandbox.rest.reading import own_guild, path_id, read_json, read_object
from sandbox.rest.routing import Route

_ROLES = "/guilds/{guild_id}/roles"
_ROLE = _ROLES + "/{role_id}"
_HELD = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"


async def _list(request: web.Request, engine: Engine) -> object:
    return [role_json(role) for role in own_guild(request, engine).roles.values()]


async def _get(request: web.Request, engine: Engine) -> object:
    return role_json(find_role(own_guild(request, engine), path_id(request, "role_id")))


async def _create(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    form = parse_role(await read_object(request))
    return role_json(engine.roles.create(guild, engine.world.bot.id, form))


async def _move(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    wanted = parse_positions(await read_json(request))
    roles = engine.roles.move(guild, engine.world.bot.id, wanted)
    return [role_json(role) for role in roles]


async def _edit(request: web.Request, engine: Engine) -> object:
    guild, role_id = own_guild(request, engine), path_id(request, "role_id")
    form = parse_role(await read_object(request))
    return role_json(engine.roles.edit(guild, engine.world.bot.id, role_id, form))


async def _delete(request: web.Request, engine: Engine) -> None:
    engine.roles.delete(own_guild(request, engine), engine.world.bot.id, path_id(request, "role_id"))


def _held(request: web.Request, engine: Engine) -> tuple[Guild, Member, int]:
    guild = own_guild(request, engine)
    return guild, engine.members.find(guild, path_id(request, "user_id")), path_id(request, "role_id")


async def _give(request: web.Request, engine: Engine) -> None:
    guild, member, role_id = _held(request, engine)
    engine.members.give(guild, engine.world.bot.id, member, role_id)


async def _take(request: web.Request, engine: Engine) -> None:
    guild, member, role_id = _held(request, engine)
    engine.members.take(guild, engine.world.bot.id, member, role_id)


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
