"""/webhooks/{id}/{token}: messages by webhooks, and by the bot for interactions."""

from aiohttp import web

from sandbox.cdn import find_picture
from sandbox.engine import Engine
from sandbox.forms.messages import parse_message
from sandbox.forms.webhooks import parse_author
from sandbox.records import Channel, Message, Webhook
from sandbox.render.messages import message_json
from sandbox.rest import interactions
from sandbox.rest.reading import path_id, query_id, read_message
from sandbox.rest.routing import Handler, Route
from sandbox.rest.webhooks import with_token
from sandbox.wire import JsonObject

_WEBHOOK = "/webhooks/{webhook_id}/{token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"


def _show(engine: Engine, place: Channel, message: Message) -> JsonObject:
    return message_json(engine.world, place, message, engine.world.bot.id)


async def _execute(request: web.Request, engine: Engine) -> object:
    webhook = with_token(request, engine)
    place = engine.webhooks.place(webhook, query_id(request, "thread_id"))
    body, files = await read_message(request)
    # Webhook messages have no reply reference and no nonce.
    form = parse_message({k: v for k, v in body.items() if k not in ("message_reference", "nonce")}, files)
    author = parse_author(body)
    avatar = find_picture(engine, author["avatar_url"]) if "avatar_url" in author else None
    message = engine.webhooks.execute(webhook, place, form, author.get("username"), avatar)
    if request.query.get("wait", "").lower() in ("true", "1"):
        return _show(engine, place, message)
    return None


def _target(request: web.Request, engine: Engine) -> tuple[Webhook, Channel, Message]:
    webhook = with_token(request, engine)
    place = engine.webhooks.place(webhook, query_id(request, "thread_id"))
    return webhook, place, engine.webhooks.find_message(webhook, place, path_id(request, "message_id"))


async def _get(request: web.Request, engine: Engine) -> object:
    _, place, message = _target(request, engine)
    return _show(engine, place, message)


async def _edit(request: web.Request, engine: Engine) -> object:
    _, place, message = _target(request, engine)
    body, files = await read_message(request)
    engine.messages.edit(place, message, parse_message(body, files))
    return _show(engine, place, message)


async def _delete(request: web.Request, engine: Engine) -> None:
    _, place, message = _target(request, engine)
    engine.messages.delete(place, message)


def _route(method: str, path: str, by_webhook: Handler, by_bot: Handler) -> Route:
    """A route for two purposes: the application's id leads to its interactions, other ids to webhooks."""

    async def serve(request: web.Request, engine: Engine) -> object:
        own = path_id(request, "webhook_id") == engine.world.application.id
        return await (by_bot if own else by_webhook)(request, engine)

    return Route(method, path, serve, public=True, versionless=True)


ROUTES = (
    _route("POST", _WEBHOOK, _execute, interactions.follow_up),
    _route("GET", _MESSAGE, _get, interactions.get_answer),
    _route("PATCH", _MESSAGE, _edit, interactions.edit_answer),
    _route("DELETE", _MESSAGE, _delete, interactions.delete_answer),
)
