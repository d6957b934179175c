"""/webhooks, and the webhooks of channels and servers: create, list, read, edit, delete."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.errors import missing_permissions
from sandbox.forms.webhooks import parse_webhook
from sandbox.permissions import Permission, base_permissions
from sandbox.records import Webhook
from sandbox.render import user_json
from sandbox.rest.channels import guild_channel
from sandbox.rest.reading import own_guild, path_id, read_object
from sandbox.rest.routing import PREFIX, Route
from sandbox.wire import JsonObject

_OWN = "/webhooks/{webhook_id}"
_WITH_TOKEN = _OWN + "/{token}"
_INCOMING = 1


def _show(engine: Engine, webhook: Webhook, *, with_user: bool = True) -> JsonObject:
    data: JsonObject = {
        "id": str(webhook.id),
        "type": _INCOMING,
        "guild_id": str(webhook.guild_id),
        "channel_id": str(webhook.channel_id),
        "name": webhook.name,
        "avatar": webhook.avatar,
        "token": webhook.token,
        "application_id": str(engine.world.application.id),
        "url": f"{engine.base_url}{PREFIX}/webhooks/{webhook.id}/{webhook.token}",
    }
    if with_user:
        data["user"] = user_json(engine.world.users[webhook.creator_id])
    return data


async def _create(request: web.Request, engine: Engine) -> object:
    _, channel = guild_channel(request, engine)
    fields = parse_webhook(await read_object(request), new=True)
    return _show(engine, engine.webhooks.create(channel, engine.world.bot.id, fields))


async def _of_channel(request: web.Request, engine: Engine) -> object:
    _, channel = guild_channel(request, engine)
    engine.world.require(channel, engine.world.bot.id, Permission.MANAGE_WEBHOOKS)
    return [_show(engine, webhook) for webhook in engine.webhooks.of_channel(channel.id)]


async def _of_guild(request: web.Request, engine: Engine) -> object:
    guild = own_guild(request, engine)
    if not base_permissions(guild, engine.world.bot.id) & Permission.MANAGE_WEBHOOKS:
        raise missing_permissions()
    found = [webhook for webhook in engine.world.webhooks.values() if webhook.guild_id == guild.id]
    return [_show(engine, webhook) for webhook in found]


def with_token(request: web.Request, engine: Engine) -> Webhook:
    """The webhook of the id and token in the path.

    Raises:
        ApiError: 404 with code 10015, 401 with code 50027.
    """
    return engine.webhooks.with_token(path_id(request, "webhook_id"), request.match_info["token"])


def _webhook(request: web.Request, engine: Engine) -> Webhook:
    """The webhook in the path, for a caller with its token or, without one, for the bot."""
    if "token" in request.match_info:
        return with_token(request, engine)
    return engine.webhooks.managed(path_id(request, "webhook_id"), engine.world.bot.id)


async def _get(request: web.Request, engine: Engine) -> object:
    return _show(engine, _webhook(request, engine), with_user="token" not in request.match_info)


async def _edit(request: web.Request, engine: Engine) -> object:
    webhook = _webhook(request, engine)
    by_token = "token" in request.match_info
    actor_id = None if by_token else engine.world.bot.id
    engine.webhooks.edit(webhook, parse_webhook(await read_object(request)), actor_id)
    return _show(engine, webhook, with_user=not by_token)


async def _delete(request: web.Request, engine: Engine) -> None:
    engine.webhooks.delete(_webhook(request, engine))


ROUTES = (
    Route("POST", "/channels/{channel_id}/webhooks", _create),
    Route("GET", "/channels/{channel_id}/webhooks", _of_channel),
    Route("GET", "/guilds/{guild_id}/webhooks", _of_guild),
    Route("GET", _OWN, _get),
    Route("PATCH", _OWN, _edit),
    Route("DELETE", _OWN, _delete),
    Route("GET", _WITH_TOKEN, _get, public=True, versionless=True),
    Route("PATCH", _WITH_TOKEN, _edit, public=True, versionless=True),
    Route("DELETE", _WITH_TOKEN, _delete, public=True, versionless=True),
)
