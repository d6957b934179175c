"""aiohttp's server and runner, serving through our `Connection`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from core.clock import Clock
from core.runtime.memory import give_back_memory
from web.edge.access_log import AccessLog
from web.edge.connection_limits import ConnectionLimits
from web.edge.fast_path import HotTable
from web.edge.protocol import Connection
from web.edge.unsent import Unsent
from web.traffic import Traffic

# What all connections together may hold that their clients have not taken, the streams' aside.
MOST_UNSENT_BYTES: Final = 64 * 1024 * 1024
# Transports let go of their bytes a moment after they are told that a connection is lost.
_GIVE_BACK_AFTER_S: Final = 1.0


class HelixServer(web.Server):
    """Makes a `Connection` for each client.

    Args:
        inner: aiohttp's server for the application, whose handler and options are taken over.
        table: the heads that are answered at once.
        traffic: where answers are counted.
        access_log: where they are logged.
        limits: how many connections there may be.
        head_timeout_s: how long a head may take from its first byte to its end, in seconds.
        clock: what the ages of answers are told by.
    """

    def __init__(
        self,
        inner: web.Server,
        *,
        table: HotTable,
        traffic: Traffic,
        access_log: AccessLog,
        limits: ConnectionLimits,
        head_timeout_s: float,
        clock: Clock,
    ) -> None:
        options: dict[str, Any] = inner._kwargs  # noqa: SLF001 - aiohttp offers no other way to its options
        super().__init__(inner.request_handler, request_factory=inner.request_factory, **options)
        self.table = table
        self.traffic = traffic
        self.access_log = access_log
        self.limits = limits
        self.head_timeout_s = head_timeout_s
        self.monotonic = clock.monotonic
        self.unsent: Unsent[Connection] = Unsent(MOST_UNSENT_BYTES, self._give_back_soon)

    def __call__(self) -> RequestHandler:
        """A protocol for a new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)

    def _give_back_soon(self) -> None:
        self._loop.call_later(_GIVE_BACK_AFTER_S, self._give_back)

    def _give_back(self) -> None:
        # At the end of the process the loop has no threads any more.
        with contextlib.suppress(RuntimeError):
            _ = self._loop.run_in_executor(None, give_back_memory)


class Runner(web.AppRunner):
    """aiohttp's runner, serving through `HelixServer`."""

    __slots__ = ("_wrap",)

    def __init__(
        self,
        app: web.Application,
        wrap: Callable[[web.Server], web.Server],
        **options: Any,  # noqa: ANN401 - aiohttp's own options
    ) -> None:
        super().__init__(app, **options)
        self._wrap = wrap

    async def _make_server(self) -> web.Server:
        return self._wrap(await super()._make_server())
