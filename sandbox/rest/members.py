"""/guilds/{id}/members: list, search, read and edit."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import bad_form, missing_access
from sandbox.forms.roles import MemberForm, parse_member
from sandbox.render import member_json
from sandbox.rest.reading import own_guild, path_id, query_id, query_int, read_object
from sandbox.rest.routing import Route

_MEMBERS = "/guilds/{guild_id}/members"
_MAX_PAGE = 1000


async def _list(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    if not engine.world.application.members_intent:
        # "List Guild Members" needs the members intent.
        raise missing_access()
    limit = query_int(request, "limit", 1, 1, _MAX_PAGE)
    after = query_id(request, "after") or 0
    members = sorted((m for m in guild.members.values() if m.user_id > after), key=lambda m: m.user_id)
    return [member_json(engine.world, member) for member in members[:limit]]


async def _search(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    query = request.query.get("query", "")
    if not query:
        raise bad_form(("query",), "BASE_TYPE_REQUIRED", "This field is required")
    limit = query_int(request, "limit", 1, 1, _MAX_PAGE)
    found = engine.members.search(guild, query)
    return [member_json(engine.world, member) for member in found[:limit]]


async def _get(request: web.Request, engine: Engine) -> object:
    member = engine.members.find(own_guild(request, engine), path_id(request, "user_id"))
    return member_json(engine.world, member)


async def _edit(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    member = engine.members.find(guild, path_id(request, "user_id"))
    form = parse_member(await read_object(request))
    engine.members.edit(guild, engine.world.bot.id, member, form)
    return member_json(engine.world, member)


async def _edit_own(request: web.Request, engine: Engine) -> object:
    guild, bot_id = own_guild(request, engine), engine.world.bot.id
    nick = parse_member(await read_object(request)).nick
    member = guild.members[bot_id]
    engine.members.edit(guild, bot_id, member, MemberForm(nick=nick))
    return member_json(engine.world, member)


ROUTES = (
    Route("GET", _MEMBERS, _list),
    Route("GET", _MEMBERS + "/search", _search),
    Route("PATCH", _MEMBERS + "/@me", _edit_own),
    Route("GET", _MEMBERS + "/{user_id}", _get),
    Route("PATCH", _MEMBERS + "/{user_id}", _edit),
)
