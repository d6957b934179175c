"""GET /ws: the stream of `/events` over WebSocket."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from web.access.read_access import READ_ACCESS
from web.answers.headers import standard
from web.answers.problems import Problem
from web.edge.handover import HandOver
from web.keys import KERNEL
from web.live.asked import AFTER, PARAMETERS, WANTED
from web.live.handshake import accept_key
from web.live.origin import is_same_origin
from web.live.streams import STREAMS
from web.live.ws_client import WsClient
from web.routes.events import PROBLEMS, client_of
from web.routing import Reply, RouteSpec


async def get_ws(request: web.Request) -> web.StreamResponse:
    """A stream: a snapshot or the missed events, then each new event; one text message each."""
    wanted, after_id = WANTED.read(request), AFTER.read(request)
    accepted = accept_key(request)
    public_url = request.app[KERNEL].settings.public_url
    if not is_same_origin(request.headers.get("Origin"), request.headers.get("Host"), public_url):
        raise Problem(403, "Pages of other origins cannot open a WebSocket here.", kind="foreign-origin")
    streams = request.app[STREAMS]
    client = WsClient(streams, client_of(request), wanted, after_id)
    client.may_go_on = request.app[READ_ACCESS].lasts(request)
    streams.prepare(client)
    headers = {
        **dict(standard()),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accepted,
    }
    return HandOver(HTTPStatus.SWITCHING_PROTOCOLS, headers, client)


ROUTES = (
    RouteSpec(
        path="/ws",
        handler=get_ws,
        summary="The stream of `/events` over WebSocket, for pages of this server and for programs.",
        parameters=PARAMETERS,
        group="Live",
        replies=(Reply(summary="A WebSocket.", status=101, media_types=()),),
        problems={
            **PROBLEMS,
            403: "The request comes from a page of another origin.",
            426: "The request is not a WebSocket handshake; `Upgrade` names the protocol.",
        },
        expected=(426,),
        stream="ws",
    ),
)
