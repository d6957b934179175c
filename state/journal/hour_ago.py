"""The UCF of an hour ago, for trends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from state.journal import Journal
from state.models import UCF

EVERY_S: Final = 60.0


class HourAgo:
    """Reads the UCF of an hour ago once a minute.

    Attributes:
        ucf: the UCF of an hour ago, or the first one if the history is younger; None if there is none.
        since: when the history begins, if `ucf` is the first one; else None.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self.ucf: UCF | None = None
        self.since: datetime | None = None

    async def refresh(self) -> None:
        """Reads it."""
        then = await self._journal.ucf_at(self._clock.now() - timedelta(hours=1))
        first = await self._journal.first_ucf() if then is None else None
        self.ucf, self.since = (then, None) if first is None else first
