"""The body of GET /commands."""

from __future__ import annotations

import msgspec

from state.ports import CommandInfo


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """The bot's catalog, in its own order."""

    commands: tuple[CommandInfo, ...]
    total: int
