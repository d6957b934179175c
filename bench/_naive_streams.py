"""The baseline for streams: plain aiohttp on uvloop.

Each client has a handler that waits on a queue, encodes each event for itself and writes it. The first
message is as long as Helix's snapshot. `POST /publish` sends an event to all clients.
"""

import asyncio
import functools
import json
import sys

import uvloop
from aiohttp import WSMsgType, web

_FIRST = {"agents": [{"name": f"agent {number}", "detail": "x" * 600} for number in range(14)]}
_QUEUE = 256
_compact = functools.partial(json.dumps, separators=(",", ":"))


def build(queues: "set[asyncio.Queue[object]]") -> web.Application:
    """The application; every client's queue is in `queues`."""

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue: asyncio.Queue[object] = asyncio.Queue(_QUEUE)
        queues.add(queue)
        try:
            await response.write(f"event: snapshot\ndata: {json.dumps(_FIRST)}\n\n".encode())
            while True:
                event = await queue.get()
                await response.write(f"event: state\ndata: {json.dumps(event)}\n\n".encode())
        finally:
            queues.discard(queue)

    async def ws(request: web.Request) -> web.StreamResponse:
        response = web.WebSocketResponse(heartbeat=120)
        await response.prepare(request)
        queue: asyncio.Queue[object] = asyncio.Queue(_QUEUE)
        queues.add(queue)

        async def listen() -> None:
            async for message in response:
                if message.type is WSMsgType.ERROR:
                    return

        listening = asyncio.create_task(listen())
        try:
            await response.send_json({"event": "snapshot", "data": _FIRST})
            while not response.closed:
                await response.send_json({"event": "state", "data": await queue.get()}, dumps=_compact)
        finally:
            listening.cancel()
            queues.discard(queue)
        return response

    async def publish(request: web.Request) -> web.Response:
        event = await request.json()
        for queue in queues:
            queue.put_nowait(event)
        return web.json_response({"clients": len(queues)}, status=202)

    app = web.Application()
    app.add_routes([web.get("/events", events), web.get("/ws", ws), web.post("/publish", publish)])
    return app


if __name__ == "__main__":
    web.run_app(
        build(set()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=lambda *_: None,
        loop=uvloop.new_event_loop(),
        backlog=1024,
    )
