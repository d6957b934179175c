"""The server's life: start, drain, stop."""

import asyncio

import pytest
from aiohttp import web

from core.errors import StartError
from tests.web.helpers import TIMEOUT_S, MakeSite, Site, head
from web.app import WebServer
from web.routes.table import ROUTES, route_infos
from web.routing import RouteSpec

pytestmark = pytest.mark.unmeasured


class Gate:
    """A route that answers when it is told to."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()
        self.spec = RouteSpec(path="/slow", handler=self.get, summary="")

    async def get(self, _request: web.Request) -> web.Response:
        self.arrived.set()
        await self.open.wait()
        return web.Response(text="done")


async def test_the_route_list_needs_no_server() -> None:
    infos = {info.path: info for info in route_infos()}
    assert {"/", "/status", "/health", "/health/live", "/health/ready", "/agents", "/agents/{name}"} <= set(
        infos
    )
    assert {"/ucf", "/metrics", "/commands"} <= set(infos)
    assert infos["/status"].ttl_s == 5
    assert infos["/health/live"].auth == "none"
    assert infos["/metrics"].auth == "read"


async def test_every_route_in_the_list_answers(site: Site) -> None:
    assert site.server.route_infos() == route_infos()
    for info in route_infos():
        answer = await site.get(
            info.example,
            # A stream has no end.
            method="HEAD" if info.stream else info.method,
        )
        # Without a secret nobody can prove to be a sender.
        wanted = set(info.expected) if info.auth != "webhook" else {415, 503}
        assert answer.status in wanted, info.path


async def test_the_base_url_is_where_it_listens(site: Site) -> None:
    assert site.server.base_url == f"http://127.0.0.1:{site.server.port}"


async def test_the_public_url_is_the_base_url(make_site: MakeSite) -> None:
    site = await make_site(public_url="https://helix.example.org")
    assert site.server.base_url == "https://helix.example.org"


async def test_the_health_check_counts_requests_and_errors(site: Site) -> None:
    await site.get("/ucf")
    await site.get("/nothing")
    check = site.check("http")
    assert (check.status, check.required) == ("pass", True)
    assert check.counters["requests"] == 2
    assert (check.counters["client_errors"], check.counters["errors"]) == (1, 0)
    assert check.observed_unit == "ms (p95)"
    assert isinstance(check.observed_value, float)
    assert check.observed_value > 0
    assert check.load is not None
    assert 0 < check.load <= 1


async def test_while_draining_it_lives_and_is_not_ready(site: Site) -> None:
    idle = await site.wire()
    await idle.ask("/ucf")
    assert (await site.get("/health/ready")).status == 200
    site.kernel.drain.close()
    assert (await site.get("/health/live")).status == 200
    ready = await site.get("/health/ready")
    assert ready.status == 503
    assert ready.json()["missing"] == [{"name": "accepting", "reason": "the server is stopping"}]
    last = await idle.ask("/ucf")
    assert (last.status, last.headers["connection"]) == (200, "close")
    assert await idle.closed()


async def test_a_stop_finishes_requests_and_closes_idle_connections(make_site: MakeSite) -> None:
    gate = Gate()
    site = await make_site((*ROUTES, gate.spec))
    idle, busy = await site.wire(), await site.wire()
    await idle.ask("/ucf")
    await busy.send(head("/slow"))
    await asyncio.wait_for(gate.arrived.wait(), TIMEOUT_S)
    stopping = asyncio.create_task(site.server.stop())
    assert await idle.closed()
    assert not stopping.done()
    gate.open.set()
    assert (await busy.answer()).body == b"done"
    assert await busy.closed()
    await asyncio.wait_for(stopping, TIMEOUT_S)


async def test_a_stop_has_a_time_limit(make_site: MakeSite) -> None:
    gate = Gate()
    site = await make_site((gate.spec,))
    busy = await site.wire()
    await busy.send(head("/slow"))
    await asyncio.wait_for(gate.arrived.wait(), TIMEOUT_S)
    await asyncio.wait_for(site.server.stop(), TIMEOUT_S)
    assert await busy.closed()


async def test_after_a_stop_connections_are_refused_and_the_check_is_removed(site: Site) -> None:
    port = site.server.port
    await site.server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    assert site.kernel.health.get("http") is None
    await site.server.stop()


async def test_a_lost_socket_fails_the_check(site: Site) -> None:
    for listening in site.runner.sites:
        await listening.stop()
    check = site.check("http")
    assert (check.status, check.reason) == ("fail", "not listening")


async def test_a_failed_start_releases_everything(site: Site) -> None:
    from core.runtime.kernel import build_kernel
    from core.settings import Settings

    kernel = build_kernel(Settings(port=site.server.port, port_is_set=True))
    second = WebServer(kernel, site.collective, commands=())
    with pytest.raises(StartError, match="PORT"):
        await second.start()
    assert kernel.health.get("http") is None
    await second.stop()
