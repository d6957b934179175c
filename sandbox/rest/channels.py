"""/guilds/{id}/channels and /channels/{id}: channels, categories and their permission overwrites."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import FormErrors, bad_form, not_built, not_for_dms, wrong_channel_type
from sandbox.forms.channels import parse_channel, parse_places, parse_type
from sandbox.forms.overwrites import parse_overwrite
from sandbox.records import Channel, Guild
from sandbox.render import channel_json
from sandbox.rest.reading import own_guild, path_id, read_json, read_object
from sandbox.rest.routing import Route
from sandbox.rest.threads import delete_thread, edit_thread

_CHANNELS = "/guilds/{guild_id}/channels"
_CHANNEL = "/channels/{channel_id}"
_OVERWRITE = _CHANNEL + "/permissions/{target_id}"


def _visible(request: web.Request, engine: Engine) -> Channel:
    return engine.world.visible_channel(path_id(request, "channel_id"), engine.world.bot.id)


def guild_channel(request: web.Request, engine: Engine) -> tuple[Guild, Channel]:
    """The channel of the path with its server.

    Raises:
        ApiError: 404 (10003) if there is none, 403 if it is hidden (50001) or not in a server (50003).
    """
    channel = _visible(request, engine)
    if channel.guild_id is None:
        raise not_for_dms()
    return engine.world.guilds[channel.guild_id], channel


async def _list(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    return [channel_json(engine.world, channel) for channel in guild.channels.values()]


async def _create(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    body = await read_object(request)
    kind = parse_type(body)
    if "name" not in body:
        raise bad_form(("name",), "BASE_TYPE_REQUIRED", "This field is required")
    channel = engine.channels.create(guild, engine.world.bot.id, kind, parse_channel(body, kind))
    return channel_json(engine.world, channel)


async def _move(request: web.Request, engine: Engine) -> None:
    guild = own_guild(request, engine)
    engine.channels.move(guild, engine.world.bot.id, parse_places(await read_json(request)))


async def _get(request: web.Request, engine: Engine) -> object:
    channel = _visible(request, engine)
    return channel_json(engine.world, channel, engine.world.bot.id)


async def _edit(request: web.Request, engine: Engine) -> object:
    guild, channel = guild_channel(request, engine)
    if channel.thread is not None:
        return await edit_thread(request, engine, channel, channel.thread)
    body = await read_object(request)
    if body.get("type", channel.type) != channel.type:
        raise not_built("changing a channel's type")
    engine.channels.edit(guild, engine.world.bot.id, channel, parse_channel(body, channel.type))
    return channel_json(engine.world, channel)


async def _delete(request: web.Request, engine: Engine) -> object:
    guild, channel = guild_channel(request, engine)
    if channel.thread is not None:
        return await delete_thread(engine, channel)
    data = channel_json(engine.world, channel)
    engine.channels.delete(guild, engine.world.bot.id, channel)
    return data


def _with_overwrites(request: web.Request, engine: Engine) -> tuple[Guild, Channel]:
    guild, channel = guild_channel(request, engine)
    if channel.thread is not None:
        raise wrong_channel_type()
    return guild, channel


async def _set_overwrite(request: web.Request, engine: Engine) -> None:
    guild, channel = _with_overwrites(request, engine)
    errors = FormErrors()
    overwrite = parse_overwrite(errors, await read_object(request), path_id(request, "target_id"))
    errors.raise_if_any()
    engine.channels.set_overwrite(guild, engine.world.bot.id, channel, overwrite)


async def _drop_overwrite(request: web.Request, engine: Engine) -> None:
    guild, channel = _with_overwrites(request, engine)
    engine.channels.drop_overwrite(guild, engine.world.bot.id, channel, path_id(request, "target_id"))


ROUTES = (
    Route("GET", _CHANNELS, _list),
    Route("POST", _CHANNELS, _create, status=201),
    Route("PATCH", _CHANNELS, _move),
    Route("GET", _CHANNEL, _get),
    Route("PATCH", _CHANNEL, _edit),
    Route("DELETE", _CHANNEL, _delete),
    Route("PUT", _OVERWRITE, _set_overwrite),
    Route("DELETE", _OVERWRITE, _drop_overwrite),
)
