"""GET /events: what changes, as it changes, by Server-Sent Events."""

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
# How a stream is refused, over either transport.
PROBLEMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        429: "This address has as many streams as one may; `Retry-After` says when to try again.",
        503: "All streams are taken, or Helix stops; likewise.",
    }
)
_HEADERS: Final = dict(
    (
        *standard(),
        *CORS,
        ("Content-Type", EVENT_STREAM),
        ("Cache-Control", "no-store"),
        # A proxy that gathers a stream before it hands it on (nginx) is told not to.
        ("X-Accel-Buffering", "no"),
        # It has no length: its end is the connection's.
        ("Connection", "close"),
    )
)


async def get_events(request: web.Request) -> web.StreamResponse:
    """A stream: a snapshot, or what was missed, and then each event."""
    wanted, after_id = WANTED.read(request), AFTER.read(request)
    if request.method == hdrs.METH_HEAD:
        return web.Response(headers=_HEADERS)
    streams = request.app[STREAMS]
    client = SseClient(streams, client_of(request), wanted, after_id)
    client.may_go_on = request.app[READ_ACCESS].lasts(request)
    streams.prepare(client)
    return HandOver(HTTPStatus.OK, _HEADERS, client)


def client_of(request: web.Request) -> str:
    """Whom a stream counts for."""
    return key_of(address_of(request, request.app[KERNEL].settings.trusted_proxies))


ROUTES = (
    RouteSpec(
        path="/events",
        handler=get_events,
        summary=f"What changes, as Server-Sent Events: {', '.join(TOPICS)}; a snapshot first.",
        parameters=PARAMETERS,
        group="Live",
        replies=(
            Reply(
                summary="Events, for as long as the client listens.",
                media_types=(EVENT_STREAM,),
                example='event: state\ndata: {"version": 2}\n\n',
            ),
        ),
        problems=PROBLEMS,
        stream="sse",
    ),
)
