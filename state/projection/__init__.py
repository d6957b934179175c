"""The projector: keeps `ucf_state.json` and `agents.json` in step with the state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from core.clock import Clock
from core.errors import UnknownName
from core.health import HealthRegistry
from core.health.threshold import warns_when
from core.store import Store
from state.change import Change
from state.manager import StateManager
from state.models import Snapshot
from state.projection.agents_document import AgentsDocument
from state.projection.documents import UCFDocument
from state.projection.mirror import FileProjection, Outcome, Refusal

__all__ = ["Outcome", "Projector", "Refusal", "UnknownStateFile"]

logger = logging.getLogger(__name__)

_THRESHOLDS: Final = (
    warns_when("an edited file", "refused"),
    warns_when("a file", "not readable or not writable"),
)
_FAILED: Final = (
    "Helix retries automatically. If it lasts: free space in the data folder, check its permissions, and "
    "raise the limit of open files."
)
_FIRST_RETRY_S: Final = 1.0
_LONGEST_RETRY_S: Final = 5.0

OnRefusal = Callable[[Refusal], None]


class UnknownStateFile(UnknownName):
    """There is no projected file with that name."""

    kind = "state file"


class Projector:
    """Writes the files after each commit, and imports people's edits.

    A file is read before it is written, so an edit is imported first even if the folder is not watched. A
    refused edit is left in its file and the last good state stays; the check "state" shows file, line and
    reason until it is corrected.
    """

    def __init__(
        self, folder: Path, manager: StateManager, database: Store, clock: Clock, health: HealthRegistry
    ) -> None:
        self._health = health
        health.set_thresholds("state", *_THRESHOLDS)
        self._manager = manager
        self._files = {
            document.name: FileProjection(folder, document, manager, database, clock)
            for document in (UCFDocument(), AgentsDocument())
        }
        self._wake = asyncio.Event()
        self._on_refusal: list[OnRefusal] = []
        self._unsubscribe: Callable[[], None] | None = None
        self.edits_at_start = 0

    @property
    def names(self) -> frozenset[str]:
        """The file names in the data folder."""
        return frozenset(self._files)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The refused edits, at most one per file."""
        return tuple(file.refusal for file in self._files.values() if file.refusal is not None)

    @property
    def failures(self) -> tuple[str, ...]:
        """Files that could not be read or written the last time, with the reason; `run` retries them."""
        return tuple(f"{file.name}: {file.failure}" for file in self._files.values() if file.failure)

    def on_refusal(self, callback: OnRefusal) -> None:
        """Calls `callback` for each newly refused edit."""
        self._on_refusal.append(callback)

    async def import_at_start(self) -> Mapping[str, Outcome]:
        """Imports edits from before the start, updates old files, and then follows the state."""
        for file in self._files.values():
            await file.load()
        outcomes = await self.check()
        self.edits_at_start = sum(outcome == "imported" for outcome in outcomes.values())
        self._unsubscribe = self._manager.subscribe(self._state_changed)
        return outcomes

    async def check(self, name: str = "all") -> Mapping[str, Outcome]:
        """Checks files now: imports edits, updates old files; returns the outcome by file.

        Args:
            name: "all", a file's name, or that name without its extension.

        Raises:
            UnknownStateFile: there is no projected file with that name.
        """
        return await self.check_files(self._files if name == "all" else (self._file(name),))

    async def check_files(self, names: Collection[str]) -> Mapping[str, Outcome]:
        """Like `check`, for those of `names` that are projected files."""
        outcomes = await self._check(names)
        if "failed" in outcomes.values():
            self._wake.set()
        return outcomes

    async def _check(self, names: Collection[str]) -> Mapping[str, Outcome]:
        before = set(self.refusals)
        files = [file for name, file in self._files.items() if name in names]
        outcomes = await asyncio.gather(*(file.check() for file in files))
        self._report()
        for refusal in self.refusals:
            if refusal not in before:
                self._announce(refusal)
        return dict(zip((file.name for file in files), outcomes, strict=True))

    async def run(self) -> None:
        """Updates the files after each change, and retries what disk or store refused (supervised)."""
        retry_s = _FIRST_RETRY_S
        while True:
            self._wake.clear()
            outcomes = await self._check(self._files)
            if "failed" in outcomes.values():
                await self._wait(retry_s)
                retry_s = min(retry_s * 2, _LONGEST_RETRY_S)
            else:
                retry_s = _FIRST_RETRY_S
                await self._wake.wait()

    async def close(self) -> None:
        """Writes what is not written yet, and stops following the state."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            await self.check()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def _file(self, name: str) -> str:
        for known in self._files:
            if name.casefold() in {known, known.removesuffix(".json")}:
                return known
        raise UnknownStateFile(name, [*self._files, "all"])

    def _state_changed(self, old: Snapshot, new: Snapshot, _change: Change) -> None:
        if old is not new:
            self._wake.set()

    def _report(self) -> None:
        failures = self.failures
        refusals = [str(refusal) for refusal in self.refusals]
        counters = {"version": self._manager.snapshot.version, "refused_files": len(refusals)}
        if not failures and not refusals:
            self._health.report("state", "pass", counters=counters, required=True)
            return
        actions = []
        if refusals:
            actions.append("Correct the file, or delete it to have it written again.")
        if failures:
            actions.append(_FAILED)
        self._health.report(
            "state",
            "warn",
            "; ".join((*refusals, *failures)) + (" (the last good state stays)" if refusals else ""),
            action=" ".join(actions),
            counters=counters,
            required=True,
        )

    def _announce(self, refusal: Refusal) -> None:
        for callback in tuple(self._on_refusal):
            try:
                callback(refusal)
            except Exception:
                logger.exception("projection.listener_failed file=%s", refusal.file)
