"""Stream checks: events must arrive at once, without buffering by a proxy."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp

from deploy._staging_site import Check, Finding, Site, expect, part_of

_WITHIN_S: Final = 10.0
_LATE: Final = "nothing arrived: a proxy buffers the stream. Turn its buffering off for this path."


async def check_events(site: Site) -> list[Finding]:
    """Check that the first event of /events arrives while the stream is open."""
    headers = {**site.reading, "Accept": "text/event-stream"}
    async with site.session.get(site.at("/events"), headers=headers) as response:
        if response.status != HTTPStatus.OK or response.content_type != "text/event-stream":
            return [Finding("wrong", f"/events: {response.status} {response.content_type}")]
        try:
            async with asyncio.timeout(_WITHIN_S):
                async for line in response.content:
                    if line.startswith(b"event: "):
                        name = line.removeprefix(b"event: ").strip().decode(errors="replace")
                        return [
                            expect(name == "snapshot", "/events: streams", f"/events: begins with {name}")
                        ]
        except TimeoutError:
            return [Finding("wrong", f"/events: {_LATE}")]
    return [Finding("wrong", "/events: the stream ended before its first event.")]


async def check_socket(site: Site) -> list[Finding]:
    """Check that a WebSocket works."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            async with site.session.ws_connect(site.at("/ws"), headers=site.reading) as socket:
                name = part_of(await socket.receive_json(), str, "event", where="/ws: a message")
    except TimeoutError:
        return [Finding("wrong", f"/ws: {_LATE}")]
    except (aiohttp.WSServerHandshakeError, TypeError) as error:
        return [Finding("wrong", f"/ws: {error}: configure the proxy to forward `Upgrade` and `Connection`.")]
    return [expect(name == "snapshot", "/ws: streams", f"/ws: begins with {name}")]


LIVE_CHECKS: Final[tuple[Check, ...]] = (check_events, check_socket)
