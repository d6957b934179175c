"""The command line of Helix, a Discord bot and an HTTP server over shared state in one process."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core import logs
from core.errors import StartError
from core.http.look_ups import Loop
from core.logs import LogFormat, uncaught
from core.logs.outputs import Outputs
from core.runtime import machine_limits
from core.settings import LoadedSettings, SettingsError, load_settings
from core.store.errors import is_engines_own
from core.suggestions import closest
from core.version import VERSION
from process.announce import say

if TYPE_CHECKING:
    pass

logger = logging.getLogger("helix")

_RUN = "run"
_OPTIONS = ("--help", "--version", "--copies")
EXIT_OK = 0
EXIT_UNUSABLE = 2
# Ctrl+C in a command that needs no shutdown (128 + SIGINT, as in shells).
EXIT_INTERRUPTED = 130
_BEGUN = time.perf_counter()
_ENV_FILE = Path(".env")


class _Call(NamedTuple):
    """The input of a command."""

    loaded: LoadedSettings
    given: argparse.Namespace
    outputs: Outputs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, or 2 for an error that the operator can fix."""
    try:
        outputs = Outputs.take_over()
    except RuntimeError as error:
        return _refuse(StartError(machine_limits.explain(error) or str(error)))
    parser = _build_parser()
    given = _parse(parser, arguments)
    if given.what is not None and given.command not in {"restore", "forget", "move"}:
        parser.error(f"unexpected argument {given.what!r}: {given.command} takes no argument")
    if given.copies and given.command != "forget":
        parser.error("--copies works only with forget")
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
    except Exception as error:
        reason = _explain(error)
        if reason is None:
            raise
        return _refuse(StartError(reason), log_format, given.command)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        logs.sum_up()


def _refuse(error: StartError, log_format: LogFormat = "text", command: str = _RUN) -> int:
    # Commands other than run answer a person.
    if log_format == "json" and command == _RUN:
        logger.critical("%s", error)
    else:
        sys.stderr.write(f"{error}\n")
    return EXIT_UNUSABLE


def _explain(error: Exception) -> str | None:
    """What the operator can do about an error; None if it is a bug."""
    if is_engines_own(error):
        logger.debug("store.refused", exc_info=error)
        return f"Cannot use the database ({error}). Restore a backup, or report this with LOG_LEVEL=DEBUG."
    return machine_limits.explain(error)


def _parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; exits with a suggestion for an unknown command or option."""
    given, unknown = parser.parse_known_args(arguments)
    if given.command not in _COMMANDS:
        known = ", ".join(_COMMANDS)
        parser.error(
            f"unknown command {given.command!r}.{_guess(given.command, _COMMANDS)} Commands: {known}"
        )
    if unknown:
        parser.error(f"unknown option {unknown[0]!r}.{_guess(unknown[0], _OPTIONS)}")
    return given


def _guess(typed: str, known: Collection[str]) -> str:
    near = closest(typed, known)
    return f" Did you mean {near}?" if near is not None else ""


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python main.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Helix, a Discord bot with an HTTP server. Settings come from the environment and .env;\n"
        ".env.example lists them. Without DISCORD_TOKEN it starts with the sandbox, a small Discord on this\n"
        "machine. Exit code 2: an error that you can fix; the message says how.",
        epilog="commands:\n"
        "  run             start Helix (default)\n"
        "  check           validate the settings, list what is on and off, print the invite URL\n"
        "  sync-commands   register the slash commands of bot/slash.json with Discord, then exit\n"
        "  restore FILE    restore a backup (Helix must be stopped); moves the present data aside\n"
        "  forget USER_ID  erase a person from the database; with --copies also delete older copies of it\n"
        "  move ENGINE     copy everything to the other engine: postgres or sqlite (Helix must be stopped)\n",
    )
    parser.add_argument("command", nargs="?", default=_RUN, metavar="command")
    parser.add_argument(
        "what", nargs="?", metavar="FILE, USER_ID or ENGINE", help="argument of restore, forget or move"
    )
    parser.add_argument(
        "--copies", action="store_true", help="with forget: also delete backups and database copies"
    )
    parser.add_argument("--version", action="version", version=f"Helix {VERSION}")
    return parser


def _run(call: _Call) -> int:
    from process.run import serve

    machine_limits.require_enough()
    for warning in call.loaded.warnings:
        logger.warning("settings.warning %s", warning)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(serve(call.loaded.settings, call.outputs, begun=_BEGUN))
    return EXIT_OK


def _check(call: _Call) -> int:
    from bot.gateway.preflight import describe

    for warning in call.loaded.warnings:
        say(f"warning: {warning}")
    say(describe(call.loaded.settings))
    return EXIT_OK


def _sync_commands(call: _Call) -> int:
    from bot.app import sync_commands

    with asyncio.Runner(loop_factory=Loop) as runner:
        say(runner.run(sync_commands(call.loaded.settings)))
    return EXIT_OK


def _restore(call: _Call) -> int:
    from process import offline
    from state.backups.restore import parse_file

    say(offline.restore(call.loaded.settings, parse_file(call.given.what)))
    return EXIT_OK


def _forget(call: _Call) -> int:
    from process import offline
    from state.privacy.forget import parse_user

    user_id = parse_user(call.given.what)
    say(offline.forget(call.loaded.settings, user_id, remove_copies=call.given.copies))
    return EXIT_OK


def _move(call: _Call) -> int:
    from process import offline

    say(offline.move_to(call.loaded.settings, call.given.what))
    return EXIT_OK


_COMMANDS: Mapping[str, Callable[[_Call], int]] = {
    _RUN: _run,
    "check": _check,
    "sync-commands": _sync_commands,
    "restore": _restore,
    "forget": _forget,
    "move": _move,
}


if __name__ == "__main__":
    sys.exit(main())
