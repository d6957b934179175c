"""A cached GET: CPU of the server per request on /status, against a bare aiohttp handler on uvloop.

Target (docs/architecture.md, "What things cost"): at most a quarter of the bare handler.
"""

import socket
import statistics
from contextlib import ExitStack

from bench._process import cpu_s, free_port, helix, running, wait_for_http

REQUESTS = 32_000
CLIENTS = 32
ROUNDS = 5
BODY_BYTES = 600
TARGET = 0.25
_BARE = """
import sys
import uvloop
from aiohttp import web
body = b'{"status": "%s"}' % (b"x" * {size})
async def status(request):
    return web.Response(body=body, content_type="application/json")
app = web.Application()
app.router.add_get("/status", status)
loop = uvloop.new_event_loop()
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None, loop=loop)
"""


def main() -> None:
    port = free_port()
    code = _BARE.replace("{size}", str(BODY_BYTES))
    with running(["-c", code, str(port)], {}) as bare:
        wait_for_http(port, "/status")
        bare_us = _cpu_us_per_request(bare.pid, port)
    with helix() as (process, port):
        wait_for_http(port, "/health/ready")
        helix_us = _cpu_us_per_request(process.pid, port)
    with helix(ENABLE_RESPONSE_CACHING="false") as (process, port):
        wait_for_http(port, "/health/ready")
        uncached_us = _cpu_us_per_request(process.pid, port)
    print(f"bare aiohttp handler      {bare_us:7.1f} us   1.00")
    print(f"Helix /status, cached     {helix_us:7.1f} us   {helix_us / bare_us:.2f}")
    print(f"Helix /status, cache off  {uncached_us:7.1f} us   {uncached_us / bare_us:.2f}")
    print(f"ratio {helix_us / bare_us:.2f} (target: at most {TARGET})")


def _cpu_us_per_request(pid: int, port: int) -> float:
    """With some clients at once, so that what is measured is the answers and not the waking up for each."""
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(CLIENTS)
        ]
        _ask(connections, REQUESTS)
        rounds_us = []
        for _ in range(ROUNDS):
            before = cpu_s(pid)
            _ask(connections, REQUESTS)
            rounds_us.append((cpu_s(pid) - before) / REQUESTS * 1e6)
        return statistics.median(rounds_us)


def _ask(connections: list[socket.socket], times: int) -> None:
    request = b"GET /status HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
    for _ in range(times // len(connections)):
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            _read_answer(connection)


def _read_answer(connection: socket.socket) -> None:
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        buffer += _received(connection)
    head, _, body = buffer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(f"answered {head[:40]!r}")
    left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
    while left > 0:
        left -= len(_received(connection))


def _received(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65_536)):
        raise ConnectionError("the server closed the connection")
    return data


if __name__ == "__main__":
    main()
