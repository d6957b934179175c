"""The body of GET /commands."""

from __future__ import annotations

import msgspec

from state.ports import CommandInfo


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """The bot's command catalog, in catalog order."""

    commands: tuple[CommandInfo, ...]
    total: int
