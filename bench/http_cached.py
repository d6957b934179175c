"""A cached GET: CPU of the server per request on /status, against a bare aiohttp handler on uvloop.

Target (docs/architecture.md, "What things cost"): at most a quarter of the bare handler.
"""

import statistics

from bench._closed_loop import cpu_us_by_turns
from bench._process import free_port, helix, running, wait_for_http

BODY_BYTES = 600
TARGET = 0.25
REQUESTS = 32_000
ROUNDS = 5
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
    with (
        running(["-c", code, str(port)], {}) as bare,
        helix() as (cached, cached_port),
        helix(ENABLE_RESPONSE_CACHING="false", RATE_LIMIT_PER_MINUTE="0") as (uncached, uncached_port),
    ):
        wait_for_http(port, "/status")
        wait_for_http(cached_port, "/health/ready")
        wait_for_http(uncached_port, "/health/ready")
        servers = ((bare.pid, port), (cached.pid, cached_port), (uncached.pid, uncached_port))
        turns_us = cpu_us_by_turns(servers, "/status", REQUESTS, ROUNDS)
    bare_us, helix_us, uncached_us = (statistics.median(each) for each in zip(*turns_us, strict=True))
    ratio = statistics.median(cached_us / bare_us for bare_us, cached_us, _ in turns_us)
    print(f"bare aiohttp handler      {bare_us:7.1f} us   1.00")
    print(f"Helix /status, cached     {helix_us:7.1f} us   {helix_us / bare_us:.2f}")
    print(f"Helix /status, cache off  {uncached_us:7.1f} us   {uncached_us / bare_us:.2f}")
    print(f"ratio {ratio:.3f}, the median of {ROUNDS} rounds by turns (target: at most {TARGET})")


if __name__ == "__main__":
    main()
