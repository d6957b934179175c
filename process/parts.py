"""The parts of the running process, and the services that start and stop them."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from core.errors import StartError
from core.logs.outputs import Outputs
from core.metrics.log_counter import LogCounter
from core.runtime.kernel import Kernel, build_kernel
from core.runtime.lifecycle import Service
from core.settings import Settings
from core.store.errors import StoreError
from core.version import VERSION
from process.announce import announce
from process.stopping import time_to_stop_s
from web.edge.listening import Sockets, bind
from web.edge.starting import StartingAnswers

if TYPE_CHECKING:
    from bot.app import BotService
    from core.runtime.datalock import DataLock
    from core.store import Store
    from sandbox import Sandbox
    from state.collective import Collective
    from web.app import WebServer

logger = logging.getLogger("helix")

# How long beyond its own shutdown time to wait for a predecessor to release the data folder, in seconds.
_PREDECESSOR_EXTRA_S: Final = 5.0
# The part of a stop's time for delivering `system.stopping` to subscribers.
_GOODBYE_SHARE: Final = 0.3
_FOR_STORE: Final = ("core.store.opening", "core.store.schema", "state.schema")
_MODULES: Final = ("state.opening", "web.app", "bot.catalog", "bot.app")


class Helix:
    """The parts, from the kernel to the bot.

    The port is bound first; a thread imports the rest.

    Args:
        settings: the loaded settings.
        begun: when the process began, by `time.perf_counter`.
    """

    def __init__(self, settings: Settings, outputs: Outputs, *, begun: float) -> None:
        self._kernel: Kernel = build_kernel(settings)
        self._begun = begun
        logging.getLogger().addHandler(LogCounter(self._kernel.metrics))
        outputs.count_in(self._kernel.metrics)
        self._kernel.health.add_probe("log", outputs.probe)
        self._lock: DataLock
        self._sockets: Sockets
        self._answers = StartingAnswers(settings)
        self._database: Store
        self._sandbox: Sandbox | None = None
        self._collective: Collective
        self._web: WebServer
        self._bot: BotService
        self._started = False
        self._kernel.health.expect("store", "state", "http", "gateway")
        for service in (
            Service("lock", self._take_lock, self._release_lock),
            Service("port", self._open_port, self._close_port, after=("lock",)),
            Service("store", self._open_store, self._close_store, after=("port",)),
            Service("imports", self._import_rest, after=("store",)),
            Service("sandbox", self._start_sandbox, after=("imports",)),
            Service("state", self._open_state, self._close_state, after=("sandbox",)),
            Service("http", self._start_http, self._stop_http, after=("state",)),
            Service("loops", self._start_loops, self._stop_loops, after=("state",)),
            Service("discord", self._start_bot, self._stop_bot, after=("http", "loops")),
        ):
            self._kernel.lifecycle.add(service)

    async def start(self) -> None:
        """Start the services, each as soon as its dependencies run.

        Raises:
            StartError: something that the operator can fix prevents the start.
        """
        # Imports create many objects but little garbage: collections took a seventh of the start.
        gc.disable()
        self._kernel.lifecycle.note("python", time.perf_counter() - self._begun)
        try:
            await self._kernel.lifecycle.start()
        except StoreError as error:
            from core.store.opening import place_of

            raise StartError(f"{place_of(self._kernel.settings)}: {error}") from error
        # Exclude permanent objects (modules, commands, routes) from garbage collection; a full collection of
        # them would block the process for 50 ms, repeatedly under load.
        gc.freeze()
        gc.enable()
        self._started = True
        self._collective.watcher.release()
        await self._collective.webhooks.emit_started()
        announce(self._kernel.settings, f"ready in {time.perf_counter() - self._begun:.2f} s")
        if self._sandbox is not None:
            page, prefix = self._sandbox.page_url, self._kernel.settings.command_prefix
            announce(self._kernel.settings, f"Open {page} and type {prefix}status")

    async def stop(self) -> None:
        """Emit `system.stopping`, finish work in progress, and stop the services in reverse order."""
        begun = time.monotonic()
        shutdown_s = time_to_stop_s(self._kernel.settings.shutdown_s)
        # Emitted together with the drain, which waits for its delivery.
        goodbye = (
            (self._collective.webhooks.emit_stopping(shutdown_s * _GOODBYE_SHARE),) if self._started else ()
        )
        await asyncio.gather(*goodbye, self._kernel.drain.finish(shutdown_s))
        spent_s = time.monotonic() - begun
        await self._kernel.lifecycle.stop(within_s=shutdown_s - spent_s)
        # Last, because it waits for the bot's connection; the data folder must be released before.
        if self._sandbox is not None:
            await self._sandbox.stop()
        logger.info("stopped after_ms=%.0f", (time.monotonic() - begun) * 1000)

    async def _take_lock(self) -> None:
        from core.runtime import datalock
        from state.backups.folder_swap import finish as finish_restore

        wait_s = self._kernel.settings.shutdown_s + _PREDECESSOR_EXTRA_S
        self._lock = await datalock.acquire(
            self._kernel.settings.data_dir, wait_s=wait_s, describe=f"Helix {VERSION}"
        )
        try:
            # Finish a restore that was killed while replacing the folder step by step.
            await asyncio.to_thread(finish_restore, self._kernel.settings.data_dir)
        except BaseException:
            self._lock.release()
            raise

    async def _release_lock(self) -> None:
        self._lock.release()

    async def _open_port(self) -> None:
        self._sockets = await bind(self._kernel.settings)
        try:
            await self._answers.open(self._sockets)
        except BaseException:
            await self._close_port()
            raise

    async def _close_port(self) -> None:
        self._answers.close()
        for one in self._sockets:
            one.close()

    async def _import_rest(self) -> None:
        await _import((*_MODULES, "process.own_sandbox") if self._kernel.settings.sandbox else _MODULES)

    async def _open_store(self) -> None:
        await _import(_FOR_STORE)
        from core.store.opening import open_store
        from core.store.schema import CORE_MIGRATIONS
        from state.schema import STATE_MIGRATIONS

        migrations = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
        self._database = await open_store(self._kernel.settings, migrations, app_version=VERSION)

    async def _close_store(self) -> None:
        await self._database.close()

    async def _start_sandbox(self) -> None:
        if not self._kernel.settings.sandbox:
            return
        from process.own_sandbox import settings_in, start_own_sandbox

        self._sandbox = await start_own_sandbox(self._kernel.settings)
        self._kernel = replace(self._kernel, settings=settings_in(self._sandbox, self._kernel.settings))

    async def _open_state(self) -> None:
        from state.opening import open_collective

        self._collective = await open_collective(self._kernel, self._database)
        self._collective.watcher.hold()

    async def _close_state(self) -> None:
        await self._collective.close()

    async def _start_loops(self) -> None:
        self._kernel.supervisor.start()

    async def _stop_loops(self) -> None:
        await self._kernel.supervisor.stop(self._kernel.settings.shutdown_s)

    async def _start_http(self) -> None:
        from bot.catalog import command_infos
        from web.app import WebServer

        self._web = WebServer(self._kernel, self._collective, commands=command_infos())
        await self._web.start(self._sockets)
        self._answers.close()
        local = replace(self._kernel.settings, public_url=None, port=self._web.port)
        self._collective.probes.set_own_url(local.base_url)
        if self._sandbox is not None:
            self._sandbox.set_commands_url(f"{local.base_url}/commands")
        announce(self._kernel.settings, f"  HTTP server  {self._web.base_url}/")

    async def _stop_http(self) -> None:
        await self._web.stop()

    async def _start_bot(self) -> None:
        from bot.app import BotService
        from bot.building import build_bot
        from bot.gateway.endpoints import Endpoints

        settings = self._kernel.settings
        cdn_url = self._sandbox.cdn_url if self._sandbox is not None else None
        self._bot = BotService(
            build_bot(
                self._kernel,
                self._collective,
                routes=self._web.route_infos(),
                endpoints=Endpoints(settings.discord_api_url, settings.discord_gateway_url, cdn_url),
                base_url=self._web.base_url,
            )
        )
        await self._bot.start()

    async def _stop_bot(self) -> None:
        await self._bot.stop()


async def _import(names: Iterable[str]) -> None:
    """Import in a thread, so that the loop stays responsive; one thread, because two are slower."""
    await asyncio.to_thread(lambda: [importlib.import_module(name) for name in names])
