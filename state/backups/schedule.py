"""When the next backup is due, and the reading of the check "backups"."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from core.errors import HelixError
from core.health import Reading
from core.health.threshold import Threshold, warns_when
from core.runtime.kernel import Kernel
from state.change import Actor

if TYPE_CHECKING:
    from state.backups import Backups

logger = logging.getLogger(__name__)

# A backup missed while Helix was down is made once, a minute after the start.
_PAUSE_S: Final = 60.0
_RETRY_S: Final = 900.0
# The clock may be set while waiting, so the due time is checked this often.
_LOOK_S: Final = 600.0
_SCHEDULED: Final = Actor("schedule")


class BackupSchedule:
    """Makes scheduled backups, and reports late, failed or damaged ones."""

    def __init__(
        self,
        kernel: Kernel,
        backups: Backups,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kernel = kernel
        self._backups = backups
        self._sleep = sleep
        self._begun_at = kernel.clock.now()

    def due_at(self) -> datetime:
        """When the next backup is due; at once if there is none yet."""
        newest = self._backups.newest
        if newest is None:
            return self._since()
        return newest.begun_at + timedelta(hours=self._kernel.settings.backup_every_h)

    async def run(self) -> None:
        """Makes a backup every `BACKUP_EVERY_H` hours, counted from the last good one (supervised)."""
        await self._sleep(_PAUSE_S)
        while True:
            wait_s = (self.due_at() - self._kernel.clock.now()).total_seconds()
            if wait_s > 0:
                await self._sleep(min(wait_s, _LOOK_S))
                continue
            try:
                await self._backups.create(_SCHEDULED)
                await self._backups.prune()
            except (HelixError, OSError) as error:
                logger.warning("backup.failed error=%s detail=%s", type(error).__name__, error)
                await self._sleep(_RETRY_S)

    def read(self) -> Reading:
        """The reading of the check "backups"; from memory."""
        records, newest = self._backups.list(), self._backups.newest
        late_h = self._kernel.settings.backup_late_warn_h
        due_at = max(self.due_at(), self._since())
        reading = Reading(
            observed_value=len(records),
            observed_unit="backups",
            counters={
                "size_bytes": sum(record.size_bytes for record in records),
                "last": "none yet" if newest is None else newest.finished_at.isoformat(timespec="seconds"),
                "due": due_at.isoformat(timespec="seconds"),
                "kept": self._kernel.settings.backup_keep,
            },
            thresholds=(
                Threshold("delay_h", "above", late_h, None, ("BACKUP_EVERY_H", "BACKUP_LATE_WARN_H")),
                warns_when("the last backup", "a failure"),
                warns_when("a backup after the last good one", "damaged"),
            ),
        )
        action = "Make one with `/backup`. The log says why the last one failed."
        if self._backups.last_error is not None:
            reason = f"the last backup failed: {self._backups.last_error}"
        elif newest is not None and any(one.status == "bad" for one in records if one.id > newest.id):
            reason = "a backup that is newer than the last good one is damaged"
        elif self._kernel.clock.now() > due_at + timedelta(hours=late_h):
            reason = "the last good backup is older than BACKUP_EVERY_H allows"
        else:
            return reading
        return msgspec.structs.replace(reading, status="warn", reason=reason, action=action)

    def _since(self) -> datetime:
        """When Helix started, or now if the clock was set back to before that."""
        return min(self._begun_at, self._kernel.clock.now())
