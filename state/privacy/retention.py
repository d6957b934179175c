"""Retention: deletes expired data of all kinds, and reports what was deleted."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from state.change import SYSTEM, Actor
from state.manager import StateManager

logger = logging.getLogger(__name__)

# Deletes expired data of one kind; returns how many entries.
Prune = Callable[[], Awaitable[int]]


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a clean-up: number of deleted entries by kind, including kinds with none."""

    removed: Mapping[str, int]

    @property
    def total(self) -> int:
        """Number of deleted entries in all."""
        return sum(self.removed.values())


class Retention:
    """The list of prunable kinds, to which each part of `state/` adds its own."""

    def __init__(self, manager: StateManager) -> None:
        self._manager = manager
        self._prunes: dict[str, tuple[Prune, str]] = {}
        self._notes: dict[str, str] = {}

    def add(self, kind: str, prune: Prune, kept: str) -> None:
        """Adds a kind with the function that deletes its expired entries; `kept` says what is kept."""
        self._prunes[kind] = (prune, kept)

    def note(self, kind: str, kept: str) -> None:
        """Adds a kind that keeps within its limits by itself; `kept` says what is kept."""
        self._notes[kind] = kept

    def rules(self) -> Mapping[str, str]:
        """What is kept of each kind, in words."""
        return {kind: kept for kind, (_, kept) in self._prunes.items()} | self._notes

    async def clean(self, actor: Actor = SYSTEM) -> Cleaned:
        """Deletes all expired data; journals it if a person asked or anything was deleted."""
        removed = {kind: await prune() for kind, (prune, _) in self._prunes.items()}
        cleaned = Cleaned(removed=removed)
        if cleaned.total:
            logger.info("retention.pruned %s", " ".join(f"{kind}={n}" for kind, n in removed.items() if n))
        if cleaned.total or actor.id is not None:
            await self._manager.record(actor.row("storage", "clean", after=removed))
        return cleaned

    async def run_once(self) -> None:
        """Deletes all expired data (supervised)."""
        await self.clean()
