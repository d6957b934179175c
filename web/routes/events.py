"""GET /events: a stream of changes as Server-Sent Events."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs, web

from web.access.read_access import READ_ACCESS
from web.answers.headers import CORS, standard
from web.edge.clients import address_of, key_of
from web.edge.handover import HandOver
from web.keys import KERNEL
from web.live.asked import AFTER, PARAMETERS, WANTED
from web.live.sse_client import SseClient
from web.live.streams import STREAMS
from web.records.live import TOPICS
from web.routing import Reply, RouteSpec

EVENT_STREAM: Final = "text/event-stream"
# The errors of both transports.
PROBLEMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        429: "This address has too many streams; `Retry-After` says when to retry.",
        503: "All streams are in use, or Helix is stopping; `Retry-After` says when to retry.",
    }
)
_HEADERS: Final = dict(
    (
        *standard(),
        *CORS,
        ("Content-Type", EVENT_STREAM),
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
    streams = request.app[STREAMS]
    client = SseClient(streams, client_of(request), wanted, after_id)
    client.may_go_on = request.app[READ_ACCESS].lasts(request)
    streams.prepare(client)
    return HandOver(HTTPStatus.OK, _HEADERS, client)


def client_of(request: web.Request) -> str:
    """The client (address or IPv6 network) that a stream counts for."""
    return key_of(address_of(request, request.app[KERNEL].settings.trusted_proxies))


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
                media_types=(EVENT_STREAM,),
                example='event: state\ndata: {"version": 2}\n\n',
            ),
        ),
        problems=PROBLEMS,
        stream="sse",
    ),
)
