"""The records of supervised loops, and the reading of the check "loops"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from core.health import Reading
from core.health.threshold import Threshold
from core.text.numbers import plain

# "standing by": another process does it.
LoopState = Literal["waiting", "running", "restarting", "finished", "stopped", "standing by"]


class LoopBounds(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds for loops.

    Attributes:
        stuck_after_s: seconds after which a round of a periodic loop counts as stuck.
        crashes_warn: more crashes than this in a row make the loop's check warn.
        crashes_fail: more crashes than this in a row make it fail.
    """

    stuck_after_s: float = 600.0
    crashes_warn: int = 0
    crashes_fail: int = 2

    @property
    def crashes(self) -> Threshold:
        """The threshold for crashes of a loop in a row."""
        settings = ("LOOP_CRASHES_WARN", "LOOP_CRASHES_FAIL")
        return Threshold("crashes_in_a_row", "above", self.crashes_warn, self.crashes_fail, settings)


class LoopStatus(msgspec.Struct, frozen=True):
    """A loop's present state, number of restarts, last error, and start of the last run."""

    name: str
    state: LoopState
    restarts: int
    last_error: str | None
    last_run: datetime | None


class Loop:
    """The supervisor's record of one loop."""

    __slots__ = (
        "crashes_in_a_row",
        "every_s",
        "first_after_s",
        "last_error",
        "last_run",
        "lease",
        "name",
        "restarts",
        "run",
        "running_since",
        "state",
        "task",
    )

    def __init__(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        every_s: float | None,
        first_after_s: float,
        lease: str | None,
    ) -> None:
        self.name = name
        self.run = run
        self.lease = lease
        self.every_s = every_s
        self.first_after_s = first_after_s
        self.state: LoopState = "waiting"
        self.restarts = 0
        self.crashes_in_a_row = 0
        self.last_error: str | None = None
        self.last_run: datetime | None = None
        self.running_since = 0.0
        self.task: asyncio.Task[None] | None = None

    @property
    def check(self) -> str:
        return f"loop:{self.name}"


def read_loops(
    loops: Collection[Loop], now: float, bounds: LoopBounds, elsewhere: Mapping[str, str]
) -> Reading:
    """The reading of the check "loops": whether any loop crashes or is stuck.

    Args:
        loops: all of them.
        now: on the monotonic clock.
        bounds: the thresholds.
        elsewhere: the leases that other processes hold, with the node of each.
    """
    crashes = bounds.crashes
    rounds = Threshold("round_s", "above", bounds.stuck_after_s, None, ("LOOP_RUN_WARN_S",))
    crashing = [loop for loop in loops if crashes.judge(loop.crashes_in_a_row) != "pass"]
    stuck = [
        loop
        for loop in loops
        if loop.every_s is not None
        and loop.state == "running"
        and rounds.judge(now - loop.running_since) != "pass"
    ]
    reading = Reading(
        observed_value=len(loops),
        observed_unit="loops",
        counters={
            "restarts": sum(loop.restarts for loop in loops),
            "crashing": len(crashing),
            "stuck": len(stuck),
        },
        thresholds=(rounds, crashes),
    )
    if crashing:
        verdict = crashes.judge(max(loop.crashes_in_a_row for loop in crashing))
        reason = f"crashed and restarted: {_names(crashing)}"
        return reading.become(verdict, reason, "See the log for the traceback. Helix restarts the loop.")
    if stuck:
        reason = f"one round has taken more than {plain(bounds.stuck_after_s)} s: {_names(stuck)}"
        action = "Check what it waits for: the disk or the network. A restart of Helix ends it."
        return reading.become("warn", reason, action)
    if elsewhere:
        return reading.become("pass", _held(elsewhere), "")
    return reading


def _held(elsewhere: Mapping[str, str]) -> str:
    by_node: dict[str, list[str]] = {}
    for lease, node in sorted(elsewhere.items()):
        by_node.setdefault(node, []).append(lease)
    return "; ".join(f"{node} holds {', '.join(leases)}" for node, leases in sorted(by_node.items()))


def _names(loops: Collection[Loop]) -> str:
    return ", ".join(sorted(loop.name for loop in loops)[:3]) + (" and more" if len(loops) > 3 else "")
