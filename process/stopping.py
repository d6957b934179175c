"""The time limit of a stop, which ends the process if something hangs."""

from __future__ import annotations

import logging
import os
import threading
from typing import Final

from core import logs
from core.logs.outputs import Outputs

logger = logging.getLogger("helix")

# The part of a stop's time reserved for the last log lines: a quarter of a second, or a fifth.
_LAST_LINES_S: Final = 0.25
_LAST_LINES_SHARE: Final = 0.2
# Ending the process takes a moment too.
_LAST_LINES_PART: Final = 0.8


def cut_off_after(seconds: float, outputs: Outputs) -> None:
    """End the process after `seconds`, less the time for the last log lines.

    A thread in a system call (DNS lookup, hanging disk) cannot be cancelled, and Python waits for it at exit.
    Nothing is lost: whatever was acknowledged is committed, and the next start recovers as after a kill.
    """

    def cut_off() -> None:
        logger.warning("stop.cut_off after_s=%g", seconds)
        logs.sum_up()
        outputs.flush((seconds - time_to_stop_s(seconds)) * _LAST_LINES_PART)
        os._exit(0)

    timer = threading.Timer(time_to_stop_s(seconds), cut_off)
    timer.name, timer.daemon = "stop-cut-off", True
    timer.start()


def time_to_stop_s(shutdown_s: float) -> float:
    """The time for a stop, in seconds, without the part for the last log lines."""
    return shutdown_s - min(_LAST_LINES_S, shutdown_s * _LAST_LINES_SHARE)
