"""The application, the bot's account, other users, direct messages, and the gateway URL."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import ApiError, bad_form, unknown
from sandbox.permissions import base_permissions
from sandbox.render import application_json, channel_json, own_user_json, user_json
from sandbox.rest.reading import path_id, read_object
from sandbox.rest.routing import Route
from sandbox.wire import as_id


async def _me(_: web.Request, engine: Engine) -> object:
    return own_user_json(engine.world.bot)


async def _user(request: web.Request, engine: Engine) -> object:
    user = engine.world.users.get(path_id(request, "user_id"))
    if user is None:
        raise unknown("User")
    return user_json(user)


async def _application(_: web.Request, engine: Engine) -> object:
    return application_json(engine.world)


async def _my_guilds(_: web.Request, engine: Engine) -> object:
    bot_id = engine.world.bot.id
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": guild.icon,
            "banner": None,
            "owner": guild.owner_id == bot_id,
            "permissions": str(base_permissions(guild, bot_id)),
            "features": [],
        }
        for guild in engine.world.guilds.values()
        if bot_id in guild.members
    ]


async def _open_dm(request: web.Request, engine: Engine) -> object:
    raw = (await read_object(request)).get("recipient_id")
    user_id = as_id(raw)
    if user_id is None:
        raise bad_form(("recipient_id",), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')
    user = engine.world.users.get(user_id)
    if user is None:
        raise unknown("User")
    if user.bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    channel = engine.world.dm_with(user_id, engine.next_id())
    return channel_json(engine.world, channel)


async def _gateway(_: web.Request, engine: Engine) -> object:
    return {"url": engine.gateway.url}


async def _gateway_bot(_: web.Request, engine: Engine) -> object:
    limit = engine.gateway.session_start_limit()
    return {"url": engine.gateway.url, "shards": 1, "session_start_limit": limit}


ROUTES = (
    Route("GET", "/users/@me", _me),
    Route("GET", "/users/@me/guilds", _my_guilds),
    Route("POST", "/users/@me/channels", _open_dm),
    Route("GET", "/users/{user_id}", _user),
    Route("GET", "/oauth2/applications/@me", _application),
    Route("GET", "/applications/@me", _application),
    Route("GET", "/gateway", _gateway, public=True),
    Route("GET", "/gateway/bot", _gateway_bot),
)
