"""The state that all connections of a server share."""

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

# The limit of unsent bytes of all connections together, streams excluded.
MOST_UNSENT_BYTES: Final = 64 * 1024 * 1024
# Transports free their buffers a moment after connection_lost.
_GIVE_BACK_AFTER_S: Final = 1.0


@final
class Shared:
    """The state that all connections of a server share.

    Attributes:
        table: requests that the fast path answers.
        traffic: counts responses.
        access_log: logs them.
        limits: limits the connections.
        unsent: counts the unsent bytes of connections.
        head_timeout_s: the time limit for receiving a head, in seconds.
        monotonic: the clock for the ages of responses.
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
    # At the end of the process the loop's executor is closed.
    with contextlib.suppress(RuntimeError):
        _ = loop.run_in_executor(None, give_back_memory)
