"""What is kept for how long: one place that removes what has had its time, and says what went."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from state.change import SYSTEM, Actor
from state.manager import StateManager

logger = logging.getLogger(__name__)

# Removes what is too old of one kind; gives how many that was.
Prune = Callable[[], Awaitable[int]]


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """What a clean-up removed: how many, by kind, every kind in it."""

    removed: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.removed.values())


class Retention:
    """Each part of `state/` says here what of it grows old; the loop and whoever cleans use the same list."""

    def __init__(self, manager: StateManager) -> None:
        self._manager = manager
        self._prunes: dict[str, tuple[Prune, str]] = {}
        self._notes: dict[str, str] = {}

    def add(self, kind: str, prune: Prune, kept: str) -> None:
        """Lets `prune` remove what is too old of a kind; `kept` says in a few words what stays."""
        self._prunes[kind] = (prune, kept)

    def note(self, kind: str, kept: str) -> None:
        """Says what stays of a kind that keeps within its bounds by itself, whenever something is added."""
        self._notes[kind] = kept

    def rules(self) -> Mapping[str, str]:
        """What is kept of each kind, in words."""
        return {kind: kept for kind, (_, kept) in self._prunes.items()} | self._notes

    async def clean(self, actor: Actor = SYSTEM) -> Cleaned:
        """Removes everything that has had its time; journalled where a person asked, or something went."""
        removed = {kind: await prune() for kind, (prune, _) in self._prunes.items()}
        cleaned = Cleaned(removed=removed)
        if cleaned.total:
            logger.info("retention.pruned %s", " ".join(f"{kind}={n}" for kind, n in removed.items() if n))
        if cleaned.total or actor.id is not None:
            await self._manager.record(actor.row("storage", "clean", after=removed))
        return cleaned

    async def run_once(self) -> None:
        """One supervised round."""
        await self.clean()
