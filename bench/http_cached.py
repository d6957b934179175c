"""A cached GET: CPU of the server per request on /status, against a bare aiohttp handler on uvloop.

Target (docs/architecture.md, "What things cost"): at most a quarter of the bare handler.
"""

import socket
import time

from bench._process import cpu_s, free_port, helix, running, wait_for_http

REQUESTS = 20_000
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
    request = b"GET /status HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _ask(connection, request, REQUESTS // 10)
        time.sleep(0.2)
        before = cpu_s(pid)
        _ask(connection, request, REQUESTS)
        return (cpu_s(pid) - before) / REQUESTS * 1e6


def _ask(connection: socket.socket, request: bytes, times: int) -> None:
    buffer = b""
    for _ in range(times):
        connection.sendall(request)
        while b"\r\n\r\n" not in buffer:
            buffer += _received(connection)
        head, _, buffer = buffer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(buffer) < length:
            buffer += _received(connection)
        buffer = buffer[length:]


def _received(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65_536)):
        raise ConnectionError("the server closed the connection")
    return data


if __name__ == "__main__":
    main()
