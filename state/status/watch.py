"""Notifies subscribers when the overall status changes and stays changed for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.health import Check, Status
from core.store import kv_table
from core.store.errors import StoreError
from core.store.tx import Tx
from state.change import Change
from state.events import OutEvent, StatusChanged
from state.status.assessment import assess

if TYPE_CHECKING:
    from core.runtime.kernel import Kernel
    from core.webhooks.pacing import Sleep
    from state.manager import StateManager
    from state.models import Snapshot

logger = logging.getLogger(__name__)

# A start, a stop and a short disconnection are shorter than this, and not reported.
SETTLED_S: Final = 10.0
_SCOPE: Final = "status"
_KEY: Final = "told"


class StatusWatch:
    """Remembers the last reported status, so that a change across a restart is reported too."""

    def __init__(self, kernel: Kernel, manager: StateManager, *, sleep: Sleep = asyncio.sleep) -> None:
        self._kernel = kernel
        self._manager = manager
        self._sleep = sleep
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Checks the status whenever a check has changed and the status has settled (supervised)."""
        self._wake.set()
        stop = self._kernel.health.on_change(self._changed)
        try:
            while True:
                await self._wake.wait()
                await self._settle()
                self._wake.clear()
                try:
                    await self.look()
                except StoreError as error:
                    logger.warning("status.untold error=%s", error)
                    self._wake.set()
        finally:
            stop()

    async def look(self) -> bool:
        """Reports the status if it differs from the last reported one; returns whether it did."""
        health = self._kernel.health
        starting = any(health.get(check.name) is None for check in health.checks())
        if starting or not self._kernel.drain.accepting:
            return False
        status, reported = health.overall(), False

        def also(tx: Tx, _old: Snapshot, new: Snapshot) -> Sequence[OutEvent]:
            nonlocal reported
            previous = kv_table.find(tx, _SCOPE, _KEY)
            reported = previous in _OTHERS[status]
            if previous == status:
                return ()
            now = self._kernel.clock.now()
            kv_table.put(tx, _SCOPE, _KEY, status, now)
            if not reported:
                # The very first status is no change.
                return ()
            return (
                StatusChanged(
                    status=status,
                    previous=_STATUSES[str(previous)],
                    assessment=assess(new.ucf, health),
                    changed_at=now,
                ),
            )

        await self._manager.change_with(lambda _: Change(), also=also)
        return reported

    async def _settle(self) -> None:
        """Waits until the status has been the same for a while."""
        while True:
            before = self._kernel.health.overall()
            await self._sleep(SETTLED_S)
            if self._kernel.health.overall() == before:
                return

    def _changed(self, _check: Check, _previous: Check | None) -> None:
        self._wake.set()


_STATUSES: Final[dict[str, Status]] = {"pass": "pass", "warn": "warn", "fail": "fail"}
_OTHERS: Final[dict[Status, frozenset[str]]] = {
    status: frozenset(_STATUSES) - {status} for status in _STATUSES.values()
}
