"""GET /events and GET /ws: a stream of changes as Server-Sent Events or over WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs, web

from web.access.read_access import READ_ACCESS
from web.answers.headers import CORS, standard
from web.answers.problems import Problem
from web.edge.clients import address_of, key_of
from web.edge.handover import HandOver
from web.keys import KERNEL
from web.live.asked import AFTER, PARAMETERS, WANTED
from web.live.client import Client, Topics
from web.live.handshake import accept_key, is_same_origin
from web.live.sse_client import SseClient
from web.live.streams import STREAMS
from web.live.ws_client import WsClient
from web.records.live import TOPICS
from web.routing import Reply, RouteSpec

_EVENT_STREAM: Final = "text/event-stream"
# The errors of both transports.
_PROBLEMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        429: "This address has too many streams; `Retry-After` says when to retry.",
        503: "All streams are in use, or Helix is stopping; `Retry-After` says when to retry.",
    }
)
_HEADERS: Final = dict(
    (
        *standard(),
        *CORS,
        ("Content-Type", _EVENT_STREAM),
        ("Cache-Control", "no-store"),
        # Tells nginx not to buffer the stream.
        ("X-Accel-Buffering", "no"),
        # The stream has no length: it ends with the connection.
        ("Connection", "close"),
    )
)


async def get_events(request: web.Request) -> web.StreamResponse:
    """A stream: a snapshot or the missed events, then each new event."""
    wanted, after_id = WANTED.read(request), AFTER.read(request)
    if request.method == hdrs.METH_HEAD:
        return web.Response(headers=_HEADERS)
    return HandOver(HTTPStatus.OK, _HEADERS, _prepared(request, SseClient, wanted, after_id))


async def get_ws(request: web.Request) -> web.StreamResponse:
    """A stream: a snapshot or the missed events, then each new event; one text message each."""
    wanted, after_id = WANTED.read(request), AFTER.read(request)
    accepted = accept_key(request)
    public_url = request.app[KERNEL].settings.public_url
    if not is_same_origin(request.headers.get("Origin"), request.headers.get("Host"), public_url):
        raise Problem(403, "Pages of other origins cannot open a WebSocket here.", kind="foreign-origin")
    client = _prepared(request, WsClient, wanted, after_id)
    headers = {
        **dict(standard()),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accepted,
    }
    return HandOver(HTTPStatus.SWITCHING_PROTOCOLS, headers, client)


def _prepared(
    request: web.Request, kind: type[SseClient | WsClient], topics: Topics, after_id: int | None
) -> Client:
    """A client whose stream can begin.

    Raises:
        Problem: it is not admitted (429, 503).
    """
    streams = request.app[STREAMS]
    address = key_of(address_of(request, request.app[KERNEL].settings.trusted_proxies))
    client = kind(streams, address, topics, after_id)
    client.may_go_on = request.app[READ_ACCESS].lasts(request)
    streams.prepare(client)
    return client


ROUTES = (
    RouteSpec(
        path="/events",
        handler=get_events,
        summary=f"A stream of changes as Server-Sent Events: {', '.join(TOPICS)}; a snapshot first.",
        parameters=PARAMETERS,
        group="Live",
        replies=(
            Reply(
                summary="Events, until the client disconnects.",
                media_types=(_EVENT_STREAM,),
                example='event: state\ndata: {"version": 2}\n\n',
            ),
        ),
        problems=_PROBLEMS,
        stream="sse",
    ),
    RouteSpec(
        path="/ws",
        handler=get_ws,
        summary="The stream of `/events` over WebSocket, for pages of this server and for programs.",
        parameters=PARAMETERS,
        group="Live",
        replies=(Reply(summary="A WebSocket.", status=101, media_types=()),),
        problems={
            **_PROBLEMS,
            403: "The request comes from a page of another origin.",
            426: "The request is not a WebSocket handshake; `Upgrade` names the protocol.",
        },
        expected=(426,),
        stream="ws",
    ),
)
