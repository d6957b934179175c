"""The HTTP server: assembly, start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, final

from aiohttp import hdrs, web
from msgspec import structs

from core.health import Reading
from core.http.aiohttp_internals import Runner
from core.runtime.kernel import Kernel
from state.collective import Collective
from state.ports import CommandInfo, RouteInfo
from web.access.lockout import SENDER_LOCKOUT, Lockout
from web.access.read_access import READ_ACCESS, ReadAccess
from web.access.webhook_auth import open_here
from web.dashboard.page import DASHBOARD, DashboardPage
from web.edge.access_log import AccessLog
from web.edge.fast_path import HotTable
from web.edge.listening import BACKLOG, Sockets, bind, port_of
from web.edge.protocol import Connection
from web.edge.server import Shared
from web.keys import COLLECTIVE, COMMANDS, KERNEL
from web.live import streams as live
from web.live.streams import STREAMS, Streams
from web.openapi.reference import REFERENCE, Reference
from web.openapi.security import Terms
from web.requests.admission import Admission
from web.requests.body_limit import BODY_LIMIT, BodyLimit
from web.requests.budget import Budget
from web.requests.middleware import Middleware
from web.requests.responses import RESPONSES, Responses
from web.routes.metrics import RENDERING
from web.routes.table import ROUTES, route_infos
from web.routing import RouteSpec, places
from web.traffic import TRAFFIC, Traffic

logger = logging.getLogger(__name__)

# An idle connection is closed after this long.
_KEEPALIVE_S: Final = 75.0
# How long an unread body is drained before the connection is closed.
_LINGERING_S: Final = 2.0
# File descriptors for other purposes: the database, Discord, deliveries, logs.
_OTHER_FILES: Final = 256
_CHECK: Final = "http"


@final
class WebServer:
    """Serves the state to people, monitors and programs.

    Args:
        kernel: shared services; the check "http" and the metrics helix_http_* are registered there.
        collective: the state to serve.
        commands: the bot's catalog, as plain records.
        routes: the route table.
        sleep: used by the streams to wait; tests inject their own.
    """

    def __init__(
        self,
        kernel: Kernel,
        collective: Collective,
        *,
        commands: tuple[CommandInfo, ...],
        routes: tuple[RouteSpec, ...] = ROUTES,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kernel = kernel
        self._settings = kernel.settings
        self._traffic = Traffic(
            kernel.metrics, kernel.clock, incidents_warn=kernel.settings.http_incidents_warn
        )
        self._streams = Streams(kernel, collective, self._traffic, sleep=sleep)
        self._access_log = AccessLog(kernel.settings.access_log, kernel.clock)
        self._table = HotTable(kernel.clock)
        kernel.drain.on_close(self._table.close)
        kernel.flags.on_switch(lambda _name, _on: self._table.invalidate())
        if self._access_log.wants_all:
            self._table.close()
        self._port = kernel.settings.port
        self._runner: Runner | None = None
        self._app = self._build_app(kernel, collective, commands, routes)

    @property
    def port(self) -> int:
        """The listening port; before the start, the configured one."""
        return self._port

    @property
    def base_url(self) -> str:
        """The prefix of full URLs: PUBLIC_URL, or the listening address; never taken from a request."""
        return structs.replace(self._settings, port=self._port).base_url

    def route_infos(self) -> tuple[RouteInfo, ...]:
        """The routes, for other packages."""
        return route_infos()

    async def start(self, sockets: Sockets | None = None) -> None:
        """Serve on these bound sockets, or on those of HOST and PORT.

        Raises:
            CannotListen: the address is not available.
        """
        shared = Shared(
            self._settings,
            self._kernel.clock,
            table=self._table,
            traffic=self._traffic,
            access_log=self._access_log,
        )
        runner = Runner(
            self._app,
            partial(Connection, shared),
            access_log=None,
            keepalive_timeout=_KEEPALIVE_S,
            lingering_time=_LINGERING_S,
            # Signatures cover the bytes as sent; and no decompression bombs.
            auto_decompress=False,
            # aiohttp may wait twice: for handlers to end, and for their cancellation.
            shutdown_timeout=max(0.1, (self._settings.shutdown_s - 1) / 2),
        )
        await self._app[READ_ACCESS].load_ended_sessions()
        await runner.setup()
        try:
            sockets = await bind(self._settings) if sockets is None else sockets
            self._port = port_of(sockets)
            for one in sockets:
                await web.SockSite(runner, one, backlog=BACKLOG).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self._streams.make_room(self._settings.max_connections + _OTHER_FILES)
        self._kernel.supervisor.add(live.LOOP, self._streams.run)
        self._kernel.health.add_probe(_CHECK, self._reading, required=True)
        self._kernel.health.refresh()
        logger.info("http.listening url=%s", self.base_url)

    async def stop(self) -> None:
        """Stop accepting, finish requests in progress, close idle connections; no-op if not started."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self._kernel.health.remove(_CHECK)
        await self._streams.stop()
        self._kernel.supervisor.remove(live.LOOP)
        await runner.cleanup()

    def _terms(self) -> Terms:
        return Terms(
            base_url=self.base_url,
            read_token=bool(self._settings.read_token),
            open_webhooks=open_here(self._settings),
        )

    def _reading(self) -> Reading:
        runner = self._runner
        if runner is None or runner.server is None or not runner.addresses:
            return self._traffic.not_listening()
        return self._traffic.reading(len(runner.server.connections))

    def _build_app(
        self,
        kernel: Kernel,
        collective: Collective,
        commands: tuple[CommandInfo, ...],
        routes: tuple[RouteSpec, ...],
    ) -> web.Application:
        settings = kernel.settings
        access = ReadAccess(
            settings,
            kernel.clock,
            kernel.refusals,
            collective.key_values,
            on_lockout=self._table.suspend,
        )
        budget = Budget(settings, kernel.clock, kernel.refusals)
        admission = Admission(settings, access, kernel.refusals, budget)
        middleware = Middleware(kernel, admission, self._traffic, self._access_log, routes, budget=budget)
        app = web.Application(middlewares=[middleware.handle], client_max_size=settings.max_body)
        app[KERNEL] = kernel
        app[COLLECTIVE] = collective
        app[BODY_LIMIT] = BodyLimit(settings.max_body)
        app[COMMANDS] = commands
        app[TRAFFIC] = self._traffic
        app[STREAMS] = self._streams
        app[RESPONSES] = Responses(
            routes, kernel.caches, self._traffic, budget=budget, private=bool(settings.read_token)
        )
        app[READ_ACCESS] = access
        app[SENDER_LOCKOUT] = Lockout(settings, kernel.clock, kernel.refusals)
        app[RENDERING] = asyncio.Lock()
        app[DASHBOARD] = DashboardPage(settings.public_path)
        app[REFERENCE] = Reference(routes, self._terms)
        for (method, place), spec in places(routes, settings.public_path).items():
            resource = app.router.add_resource(place)
            expect = _ask_for_body if method == "POST" else _ask_for_nothing
            for each in (hdrs.METH_GET, hdrs.METH_HEAD) if method == "GET" else (method,):
                resource.add_route(each, spec.handler, expect_handler=expect)
        return app


async def _ask_for_nothing(request: web.Request) -> web.StreamResponse | None:
    """Send no 100 Continue, because the handler reads no body (RFC 9110 §10.1.1)."""
    del request
    return None


async def _ask_for_body(request: web.Request) -> web.StreamResponse | None:
    """Send 100 Continue, unless the body's length will be refused."""
    length = request.content_length
    if length is None or length <= request.app[KERNEL].settings.max_body:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None
