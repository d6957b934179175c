"""/applications/{id}/commands, global and per server."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import ApiError, bad_form, missing_access
from sandbox.rest.reading import path_id, read_json, read_object
from sandbox.rest.routing import Route
from sandbox.wire import json_response

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(request: web.Request, engine: Engine) -> int | None:
    if path_id(request, "application_id") != engine.world.application.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    if "guild_id" not in request.match_info:
        return None
    guild_id = path_id(request, "guild_id")
    if engine.world.member(guild_id, engine.world.bot.id) is None:
        raise missing_access()
    return guild_id


async def _list(request: web.Request, engine: Engine) -> object:
    return engine.commands.in_scope(_scope(request, engine))


async def _overwrite(request: web.Request, engine: Engine) -> object:
    scope = _scope(request, engine)
    bodies = await read_json(request)
    if not isinstance(bodies, list):
        raise bad_form((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    return engine.commands.overwrite(scope, bodies)


async def _create(request: web.Request, engine: Engine) -> object:
    command, is_new = engine.commands.create(_scope(request, engine), await read_object(request))
    return json_response(command, status=201 if is_new else 200)


async def _get(request: web.Request, engine: Engine) -> object:
    return engine.commands.get(_scope(request, engine), path_id(request, "command_id"))


async def _edit(request: web.Request, engine: Engine) -> object:
    scope, command_id = _scope(request, engine), path_id(request, "command_id")
    return engine.commands.edit(scope, command_id, await read_object(request))


async def _delete(request: web.Request, engine: Engine) -> None:
    engine.commands.delete(_scope(request, engine), path_id(request, "command_id"))


ROUTES = tuple(
    route
    for base in (_GLOBAL, _GUILD)
    for route in (
        Route("GET", base, _list),
        Route("PUT", base, _overwrite),
        Route("POST", base, _create),
        Route("GET", base + "/{command_id}", _get),
        Route("PATCH", base + "/{command_id}", _edit),
        Route("DELETE", base + "/{command_id}", _delete),
    )
)
