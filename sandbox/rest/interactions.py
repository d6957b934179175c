"""/interactions/{id}/{token}/callback, and follow-ups under the application's webhook."""

from aiohttp import web

from sandbox.engine import Engine
from sandbox.interactions.record import Interaction
from sandbox.records import Message
from sandbox.render.messages import message_json
from sandbox.rest.reading import path_id, read_message
from sandbox.rest.routing import Route
from sandbox.wire import JsonObject


async def _callback(request: web.Request, engine: Engine) -> object:
    interaction_id, token = path_id(request, "interaction_id"), request.match_info["token"]
    engine.interactions.for_callback(interaction_id, token)
    body, files = await read_message(request)
    # Looked up again, because another request may have answered while this body arrived.
    interaction = engine.interactions.for_callback(interaction_id, token)
    result = engine.responses.respond(interaction, body, files)
    if request.query.get("with_response", "").lower() in ("true", "1"):
        return result
    return None


def _interaction(request: web.Request, engine: Engine) -> Interaction:
    return engine.interactions.for_webhook(path_id(request, "webhook_id"), request.match_info["token"])


def _show(engine: Engine, interaction: Interaction, message: Message) -> JsonObject:
    return message_json(engine.world, interaction.channel, message, engine.world.bot.id)


async def follow_up(request: web.Request, engine: Engine) -> object:
    """POST /webhooks/{application}/{token}."""
    interaction = _interaction(request, engine)
    body, files = await read_message(request)
    message = engine.responses.follow_up(interaction, body, files)
    # An interaction's webhook ignores ``wait`` and always returns the message.
    return _show(engine, interaction, message)


async def get_answer(request: web.Request, engine: Engine) -> object:
    """GET the original response or a follow-up."""
    interaction = _interaction(request, engine)
    message = engine.responses.find(interaction, request.match_info["message_id"])
    return _show(engine, interaction, message)


async def edit_answer(request: web.Request, engine: Engine) -> object:
    """PATCH the original response or a follow-up."""
    interaction = _interaction(request, engine)
    body, files = await read_message(request)
    message = engine.responses.edit(interaction, request.match_info["message_id"], body, files)
    return _show(engine, interaction, message)


async def delete_answer(request: web.Request, engine: Engine) -> None:
    """DELETE the original response or a follow-up."""
    interaction = _interaction(request, engine)
    engine.responses.delete(interaction, request.match_info["message_id"])


ROUTES = (Route("POST", "/interactions/{interaction_id}/{token}/callback", _callback, public=True),)
