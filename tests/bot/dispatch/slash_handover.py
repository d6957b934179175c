"""Tells the sandbox of the slash commands without HTTP: nearly every bot of the tests tells it the same."""

from __future__ import annotations

from typing import Any

from bot.parts import HelixBot
from sandbox import Sandbox
from sandbox.forms.commands import parse_commands

_checked: list[tuple[list[Any], list[dict[str, Any]]]] = []


def hand_over_commands(bot: HelixBot, sandbox: Sandbox) -> None:
    """Lets the bot's registration reach the sandbox's registry at once, checked as over HTTP."""

    async def overwrite(_: int, payload: list[Any]) -> list[dict[str, Any]]:
        return sandbox.engine.commands.replace(None, _check(payload))

    bot.http.bulk_upsert_global_commands = overwrite  # type: ignore[method-assign,assignment]  # stands for HTTP


def _check(payload: list[Any]) -> list[dict[str, Any]]:
    """What the sandbox makes of a payload; of the newest, it is known."""
    if not _checked or _checked[0][0] != payload:
        _checked[:] = [(payload, parse_commands(payload))]
    return _checked[0][1]
