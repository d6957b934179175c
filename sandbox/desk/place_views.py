"""GET /sandbox/channels/{id}/pins: the pinned messages, for the page."""

from aiohttp import web

from sandbox.desk.people import People
from sandbox.desk.views import viewer
from sandbox.engine import ENGINE
from sandbox.errors import ActionError
from sandbox.render.messages import gateway_message_json
from sandbox.wire import json_response


def add_place_views(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/sandbox/channels/{channel_id}/pins", _pins)


async def _pins(request: web.Request) -> web.Response:
    engine = request.app[ENGINE]
    try:
        user = viewer(request)
        channel = People(engine).channel(request.match_info["channel_id"], user)
    except ActionError as error:
        return json_response({"message": str(error)}, status=error.status)
    return json_response(
        [
            {
                "pinned_at": message.pinned_timestamp,
                "message": gateway_message_json(engine.world, channel, message, user.id),
            }
            for message in engine.pins.pinned(channel)
        ]
    )
