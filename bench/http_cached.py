"""A cached GET: CPU of the server per request on /status, against a bare aiohttp handler on uvloop.

Target (docs/architecture.md, "What things cost"): at most a quarter of the bare handler.
"""

from functools import partial

from bench._closed_loop import cpu_us_per_get
from bench._process import free_port, helix, running, wait_for_http

BODY_BYTES = 600
TARGET = 0.25
_cpu_us = partial(cpu_us_per_get, path="/status", requests=32_000, rounds=5)
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
        bare_us = _cpu_us(bare.pid, port)
    with helix() as (process, port):
        wait_for_http(port, "/health/ready")
        helix_us = _cpu_us(process.pid, port)
    with helix(ENABLE_RESPONSE_CACHING="false", RATE_LIMIT_PER_MINUTE="0") as (process, port):
        wait_for_http(port, "/health/ready")
        uncached_us = _cpu_us(process.pid, port)
    print(f"bare aiohttp handler      {bare_us:7.1f} us   1.00")
    print(f"Helix /status, cached     {helix_us:7.1f} us   {helix_us / bare_us:.2f}")
    print(f"Helix /status, cache off  {uncached_us:7.1f} us   {uncached_us / bare_us:.2f}")
    print(f"ratio {helix_us / bare_us:.2f} (target: at most {TARGET})")


if __name__ == "__main__":
    main()
