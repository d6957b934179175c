"""Helix: a Discord bot and an HTTP server over shared state, in one process. This file only wires."""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import importlib
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from core import logs
from core.errors import StartError
from core.http.look_ups import Loop
from core.logs import LogFormat, uncaught
from core.logs.outputs import Outputs
from core.logs.secret import Secret
from core.metrics.log_counter import LogCounter
from core.runtime import machine_limits
from core.runtime.drain import patience
from core.runtime.kernel import Kernel, build_kernel
from core.runtime.lifecycle import Service
from core.settings import LoadedSettings, Settings, SettingsError, load_settings
from core.store.errors import StoreError
from core.suggestions import closest
from core.version import VERSION

if TYPE_CHECKING:
    from bot.app import BotService
    from core.runtime.datalock import DataLock
    from core.store import Database
    from core.store.migrations import Migration
    from sandbox import Sandbox
    from state.collective import Collective
    from web.app import WebServer

logger = logging.getLogger("helix")

_RUN = "run"
_OPTIONS = ("--help", "--version", "--copies")
EXIT_OK = 0
EXIT_UNUSABLE = 2
# Ctrl+C where nothing runs that wants to be stopped (128 + SIGINT, as shells count).
EXIT_INTERRUPTED = 130
_BEGUN = time.perf_counter()
_ENV_FILE = Path(".env")
_PORTS_TRIED = 20
# How much longer than its own stop a predecessor may take before the data folder counts as busy.
_PREDECESSOR_EXTRA_S = 5.0
# How much of a stop's time may pass until the attempts to tell subscribers of it are made.
_GOODBYE_SHARE = 0.3
# Of a stop's time, what is kept for writing the log's last lines: a quarter of a second, or a fifth.
_LAST_LINES_S = 0.25
_LAST_LINES_SHARE = 0.2
# Ending the process takes a moment, too.
_LAST_LINES_PART = 0.8


class _Call(NamedTuple):
    """What a command is given."""

    loaded: LoadedSettings
    given: argparse.Namespace
    outputs: Outputs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the command line; gives the exit code: 0, or 2 for what an operator can mend."""
    try:
        outputs = Outputs.take_over()
    except RuntimeError as error:
        return _refuse(StartError(machine_limits.explain(error) or str(error)))
    parser = _build_parser()
    given = _parse(parser, arguments)
    if given.what is not None and given.command not in {"restore", "forget"}:
        parser.error(f"{given.command} takes nothing more, such as {given.what!r}")
    if given.copies and given.command != "forget":
        parser.error("--copies is for forget")
    log_format: LogFormat = "text"
    try:
        loaded = load_settings(os.environ, _ENV_FILE)
        settings = loaded.settings
        log_format = settings.log_format
        logs.configure(settings.log_level, log_format, secrets=settings.secrets())
        uncaught.log()
        return _COMMANDS[given.command](_Call(loaded, given, outputs))
    except SettingsError as error:
        logs.configure("INFO", error.log_format)
        return _refuse(error, error.log_format, given.command)
    except StartError as error:
        return _refuse(error, log_format, given.command)
    except (MemoryError, OSError, RuntimeError, sqlite3.Error) as error:
        reason = _explain(error)
        if reason is None:
            raise
        return _refuse(StartError(reason), log_format, given.command)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        logs.sum_up()


def _refuse(error: StartError, log_format: LogFormat = "text", command: str = _RUN) -> int:
    if _for_machines(log_format, command):
        logger.critical("%s", error)
    else:
        sys.stderr.write(f"{error}\n")
    return EXIT_UNUSABLE


def _explain(error: Exception) -> str | None:
    """What an operator can do about an error; None where it is a fault of the program."""
    if isinstance(error, sqlite3.Error):
        logger.debug("store.refused", exc_info=error)
        return (
            f"The database cannot be used ({error}). Restore a backup, or report this with LOG_LEVEL=DEBUG."
        )
    return machine_limits.explain(error)


def _for_machines(log_format: LogFormat, command: str = _RUN) -> bool:
    """Whether all that is written must be log entries; the other commands answer a person."""
    return log_format == "json" and command == _RUN


def _parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was typed; an unknown command or option ends the program with the nearest one."""
    given, unknown = parser.parse_known_args(arguments)
    if given.command not in _COMMANDS:
        known = ", ".join(_COMMANDS)
        parser.error(
            f"there is no command {given.command!r}.{_guess(given.command, _COMMANDS)} Commands: {known}"
        )
    if unknown:
        parser.error(f"nothing takes {unknown[0]!r}.{_guess(unknown[0], _OPTIONS)}")
    return given


def _guess(typed: str, known: Collection[str]) -> str:
    near = closest(typed, known)
    return f" Did you mean {near}?" if near is not None else ""


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python main.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Helix, a Discord bot with an HTTP server. Settings come from the environment and .env;\n"
        ".env.example lists them. Without DISCORD_TOKEN the sandbox starts: a small Discord on this machine.",
        epilog="commands:\n"
        "  run            start Helix (the default)\n"
        "  check          validate the settings, say what will be on and off, print the invite URL\n"
        "  sync-commands  tell Discord the slash commands of bot/slash.json, and nothing else\n"
        "  restore FILE   bring a backup back; what stands in the data folder is moved aside first\n"
        "  forget USER_ID erase a person from the database; with --copies also remove older copies of it\n",
    )
    parser.add_argument("command", nargs="?", default=_RUN, metavar="command")
    parser.add_argument("what", nargs="?", metavar="FILE or USER_ID", help="of restore or forget")
    parser.add_argument("--copies", action="store_true", help="of forget: also remove backups and copies")
    parser.add_argument("--version", action="version", version=f"Helix {VERSION}")
    return parser


def _run(call: _Call) -> int:
    machine_limits.require_enough()
    for warning in call.loaded.warnings:
        logger.warning("settings.warning %s", warning)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_serve(call.loaded.settings, call.outputs))
    return EXIT_OK


def _check(call: _Call) -> int:
    from bot.gateway.preflight import describe

    for warning in call.loaded.warnings:
        _say(f"warning: {warning}")
    _say(describe(call.loaded.settings))
    return EXIT_OK


def _sync_commands(call: _Call) -> int:
    from bot.app import sync_commands

    with asyncio.Runner(loop_factory=Loop) as runner:
        _say(runner.run(sync_commands(call.loaded.settings)))
    return EXIT_OK


def _restore(call: _Call) -> int:
    from state.backups import restore

    archive = restore.parse_file(call.given.what)

    def work(folder: Path, migrations: tuple[Migration, ...]) -> str:
        return restore.describe(restore.restore(archive, folder, migrations, datetime.now(UTC)))

    return _offline(call.loaded.settings, "restore", work)


def _forget(call: _Call) -> int:
    from state.privacy import forget

    user_id = forget.parse_user(call.given.what)

    def work(folder: Path, migrations: tuple[Migration, ...]) -> str:
        done = forget.forget(folder, user_id, migrations, datetime.now(UTC), remove_copies=call.given.copies)
        return forget.describe(done)

    return _offline(call.loaded.settings, "forget", work)


def _offline(settings: Settings, what: str, work: Callable[[Path, tuple[Migration, ...]], str]) -> int:
    """Work on the data folder that needs it for itself: refused while a Helix runs there, naming that one."""
    from core.runtime import datalock
    from core.store.schema import CORE_MIGRATIONS
    from state.schema import STATE_MIGRATIONS

    lock = asyncio.run(datalock.acquire(settings.data_dir, wait_s=0, describe=f"Helix {VERSION}, {what}"))
    try:
        _say(work(settings.data_dir, (*CORE_MIGRATIONS, *STATE_MIGRATIONS)))
    finally:
        lock.release()
    return EXIT_OK


_COMMANDS: Mapping[str, Callable[[_Call], int]] = {
    _RUN: _run,
    "check": _check,
    "sync-commands": _sync_commands,
    "restore": _restore,
    "forget": _forget,
}


async def _serve(settings: Settings, outputs: Outputs) -> None:
    """Start everything, wait for SIGTERM or SIGINT, stop everything within `SHUTDOWN_S`."""
    stopping = asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            _cut_off_after(settings.shutdown_s, outputs)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    _announce(settings, f"Helix {VERSION}")
    sandbox = await _start_sandbox(settings) if settings.sandbox else None
    try:
        helix = _Helix(_settings_in(sandbox, settings) if sandbox else settings, sandbox, outputs)
        starting = asyncio.create_task(helix.start(), name="start")
        stop_asked = asyncio.create_task(stopping.wait(), name="stop-asked")
        await asyncio.wait({starting, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if starting.done():
                starting.result()
                await stop_asked
            else:
                starting.cancel()
                # One that hangs, as an import may, must leave the time to close what runs already.
                await asyncio.wait({starting}, timeout=patience(settings.shutdown_s))
        finally:
            stop_asked.cancel()
            await helix.stop()
    finally:
        if sandbox is not None:
            await sandbox.stop()


def _cut_off_after(seconds: float, outputs: Outputs) -> None:
    """Ends the process then, if it is still there.

    A thread in a system call (a name being looked up, a disk that hangs) cannot be cancelled, and Python
    waits for it at its end. Nothing is lost: what was answered is committed, and a kill is provided for.
    """

    def cut_off() -> None:
        logger.warning("stop.cut_off after_s=%g", seconds)
        logs.sum_up()
        outputs.flush((seconds - _time_to_stop_s(seconds)) * _LAST_LINES_PART)
        os._exit(EXIT_OK)

    timer = threading.Timer(_time_to_stop_s(seconds), cut_off)
    timer.name, timer.daemon = "stop-cut-off", True
    timer.start()


def _time_to_stop_s(shutdown_s: float) -> float:
    """What a stop may take before the log's last lines are written."""
    return shutdown_s - min(_LAST_LINES_S, shutdown_s * _LAST_LINES_SHARE)


class _Helix:
    """The parts of one running process, and the services that start and stop them."""

    def __init__(self, settings: Settings, sandbox: Sandbox | None, outputs: Outputs) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._kernel: Kernel = build_kernel(settings)
        logging.getLogger().addHandler(LogCounter(self._kernel.metrics))
        outputs.count_in(self._kernel.metrics)
        self._kernel.health.add_probe("log", outputs.probe)
        self._database_path = settings.data_dir / "helix.db"
        self._lock: DataLock
        self._database: Database
        self._collective: Collective
        self._web: WebServer
        self._bot: BotService
        self._started = False
        self._kernel.health.expect("store", "state", "http", "gateway")
        lifecycle = self._kernel.lifecycle
        lifecycle.add(Service("lock", self._take_lock, self._release_lock))
        lifecycle.add(Service("store", self._open_store, self._close_store, after=("lock",)))
        lifecycle.add(Service("http", self._start_http, self._stop_http, after=("store",)))
        lifecycle.add(Service("loops", self._start_loops, self._stop_loops, after=("store",)))
        lifecycle.add(Service("discord", self._start_bot, self._stop_bot, after=("http", "loops")))

    async def start(self) -> None:
        self._kernel.lifecycle.note("imports", time.perf_counter() - _BEGUN)
        try:
            await self._kernel.lifecycle.start()
        except StoreError as error:
            raise StartError(f"{self._database_path}: {error}") from error
        # Modules, commands, routes: they stay until the end. Left among what is looked through for garbage
        # they make a full collection hold up everything for 50 ms, again and again while much is going on.
        gc.freeze()
        self._started = True
        await self._collective.webhooks.say_started()
        _announce(self._settings, f"ready in {time.perf_counter() - _BEGUN:.2f} s")
        if self._sandbox is not None:
            page, prefix = self._sandbox.page_url, self._settings.command_prefix
            _announce(self._settings, f"Open {page} and type {prefix}status")

    async def stop(self) -> None:
        begun = time.monotonic()
        shutdown_s = _time_to_stop_s(self._settings.shutdown_s)
        # The goodbye comes first: while it is being said, the drain has something to wait for.
        goodbye = (
            (self._collective.webhooks.say_stopping(shutdown_s * _GOODBYE_SHARE),) if self._started else ()
        )
        await asyncio.gather(*goodbye, self._kernel.drain.finish(shutdown_s))
        spent_s = time.monotonic() - begun
        await self._kernel.lifecycle.stop(within_s=shutdown_s - spent_s)
        logger.info("stopped after_ms=%.0f", (time.monotonic() - begun) * 1000)

    async def _take_lock(self) -> None:
        from core.runtime import datalock
        from state.backups.folder_swap import finish as finish_restore

        wait_s = self._settings.shutdown_s + _PREDECESSOR_EXTRA_S
        self._lock = await datalock.acquire(
            self._settings.data_dir, wait_s=wait_s, describe=f"Helix {VERSION}"
        )
        try:
            # A restore that was killed half way, where the folder could not be replaced in one step.
            await asyncio.to_thread(finish_restore, self._settings.data_dir)
        except BaseException:
            self._lock.release()
            raise

    async def _release_lock(self) -> None:
        self._lock.release()

    async def _open_store(self) -> None:
        from core.store import Database
        from core.store.schema import CORE_MIGRATIONS
        from state.collective import Collective
        from state.schema import STATE_MIGRATIONS

        self._database = await Database.open(
            self._database_path,
            (*CORE_MIGRATIONS, *STATE_MIGRATIONS),
            app_version=VERSION,
        )
        try:
            self._collective = await Collective.open(self._kernel, self._database)
        except BaseException:
            await self._database.close()
            raise

    async def _close_store(self) -> None:
        await self._collective.close()
        await self._database.close()

    async def _start_loops(self) -> None:
        self._kernel.supervisor.start()

    async def _stop_loops(self) -> None:
        await self._kernel.supervisor.stop(self._settings.shutdown_s)

    async def _start_http(self) -> None:
        from bot.catalog import command_infos
        from web.app import WebServer

        self._web = WebServer(self._kernel, self._collective, commands=command_infos())
        await self._web.start()
        local = msgspec.structs.replace(self._settings, public_url=None, port=self._web.port)
        self._collective.set_own_url(local.base_url)
        if self._sandbox is not None:
            self._sandbox.set_commands_url(f"{local.base_url}/commands")
        _announce(self._settings, f"  HTTP server  {self._web.base_url}/")

    async def _stop_http(self) -> None:
        await self._web.stop()

    async def _start_bot(self) -> None:
        # discord.py is most of what there is to import, so the HTTP server answers while a thread does it.
        await asyncio.to_thread(importlib.import_module, "bot.app")
        from bot.app import Endpoints, create_bot

        settings = self._settings
        cdn_url = self._sandbox.cdn_url if self._sandbox is not None else None
        self._bot = create_bot(
            self._kernel,
            self._collective,
            routes=self._web.route_infos(),
            endpoints=Endpoints(settings.discord_api_url, settings.discord_gateway_url, cdn_url),
            base_url=self._web.base_url,
        )
        await self._bot.start()

    async def _stop_bot(self) -> None:
        await self._bot.stop()


async def _start_sandbox(settings: Settings) -> Sandbox:
    """The sandbox on `SANDBOX_PORT`; a taken port that nobody chose moves to the next free one."""
    from sandbox import start_sandbox

    chosen = "SANDBOX_PORT" in settings.given
    tried = 1 if chosen else _PORTS_TRIED
    for port in range(settings.sandbox_port, settings.sandbox_port + tried):
        try:
            sandbox = await start_sandbox(
                port=port, prefix=settings.command_prefix, hosts=settings.sandbox_hosts
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise StartError(
                    f"SANDBOX_PORT={port}: it cannot be listened on: {error.strerror}."
                ) from error
            if not chosen:
                logger.warning("sandbox.port_moved wanted=%d: it is taken", port)
            continue
        _announce(settings, f"  chat page    {sandbox.page_url}")
        return sandbox
    raise StartError(
        f"SANDBOX_PORT={settings.sandbox_port}: the port is taken. Stop what uses it, or choose another."
    )


def _settings_in(sandbox: Sandbox, settings: Settings) -> Settings:
    return msgspec.structs.replace(
        settings,
        discord_token=Secret(sandbox.token),
        discord_api_url=sandbox.api_url,
        discord_gateway_url=sandbox.gateway_url,
        home_guild_id=sandbox.home_guild_id,
        alerts_channel_id=settings.alerts_channel_id or sandbox.channel("alerts"),
        in_sandbox=True,
    )


def _announce(settings: Settings, text: str) -> None:
    """Tell whoever started it how far it has come."""
    if _for_machines(settings.log_format):
        logger.info("%s", text.strip())
    else:
        _say(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
