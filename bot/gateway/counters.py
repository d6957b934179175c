"""Counters of commands and interactions under the names of discord-ext-prometheus.

Its dashboard is number 17670 at grafana.com.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import discord

from bot import catalog

if TYPE_CHECKING:
    from core.metrics import Registry

_SHARD: Final = "0"
# That exporter's label for an interaction without a command, and ours for a name outside the catalog.
_NO_COMMAND: Final = "None"
_UNKNOWN: Final = "unknown"
_KINDS: Final = frozenset(kind.name for kind in discord.InteractionType)


class DiscordCounters:
    """Counts commands by prefix, and interactions."""

    def __init__(self, metrics: Registry) -> None:
        self._commands = metrics.counter(
            "discord_event_on_command_total", "Commands by prefix, by name.", ("shard", "command")
        )
        self._interactions = metrics.counter(
            "discord_event_on_interaction_total",
            "Interactions by kind, and by name where they are commands.",
            ("shard", "interaction", "command"),
        )

    def saw_command(self, name: str) -> None:
        """Count a prefix command of the catalog."""
        self._commands.inc(_SHARD, name)

    def saw_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Count an interaction of any kind."""
        command = _NO_COMMAND
        if interaction.type is discord.InteractionType.application_command:
            data = cast("dict[str, Any]", interaction.data or {})
            entry = catalog.find(str(data.get("name", "")))
            command = _UNKNOWN if entry is None else entry.name
        # discord.py invents a name for an unknown kind.
        kind = interaction.type.name
        self._interactions.inc(_SHARD, kind if kind in _KINDS else _UNKNOWN, command)
