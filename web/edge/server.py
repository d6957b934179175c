"""What the connections of one server share."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, final

from core.clock import Clock
from core.runtime.memory import give_back_memory
from core.settings import Settings
from web.edge.access_log import AccessLog
from web.edge.connection_limits import ConnectionLimits
from web.edge.fast_path import HotTable
from web.edge.unsent import Holder, Unsent
from web.traffic import Traffic

# What all connections together may hold that their clients have not taken, the streams' aside.
MOST_UNSENT_BYTES: Final = 64 * 1024 * 1024
# Transports let go of their bytes a moment after they are told that a connection is lost.
_GIVE_BACK_AFTER_S: Final = 1.0


@final
class Shared:
    """What the connections of one server share.

    Attributes:
        table: the heads that are answered at once.
        traffic: where answers are counted.
        access_log: where they are logged.
        limits: how many connections there may be.
        unsent: what they hold that their clients have not taken.
        head_timeout_s: how long a head may take from its first byte to its end, in seconds.
        monotonic: the clock by which the ages of answers are told.
    """

    def __init__(
        self, settings: Settings, clock: Clock, *, table: HotTable, traffic: Traffic, access_log: AccessLog
    ) -> None:
        self.table = table
        self.traffic = traffic
        self.access_log = access_log
        self.limits = ConnectionLimits(settings)
        self.unsent: Unsent[Holder] = Unsent(MOST_UNSENT_BYTES, _give_back_soon)
        self.head_timeout_s = settings.head_timeout_s
        self.monotonic = clock.monotonic


def _give_back_soon() -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(_GIVE_BACK_AFTER_S, _give_back, loop)


def _give_back(loop: asyncio.AbstractEventLoop) -> None:
    # At the end of the process the loop has no threads any more.
    with contextlib.suppress(RuntimeError):
        _ = loop.run_in_executor(None, give_back_memory)
