"""200 callers wait at an open breaker: the number of probes, and the time until the last caller continues."""

import asyncio
import time

from core.breakers.breaker import Breaker
from core.breakers.policies import BreakerPolicy
from core.clock import SystemClock

CALLERS = 200
ROUNDS = 5
OPEN_S = 0.5
CALL_S = 0.02
TARGET_S = 1.0


def measure() -> None:
    found = [asyncio.run(_one_round()) for _ in range(ROUNDS)]
    print(f"probes with {CALLERS} waiting  {max(probes for probes, _ in found)} (target: exactly 1)")
    worst_s = max(late_s for _, late_s in found)
    print(
        f"recovery noticed by all   {worst_s * 1e3:.0f} ms after the open time (target: under {TARGET_S:g} s)"
    )


async def _one_round() -> tuple[int, float]:
    breaker = Breaker("measured", SystemClock(), BreakerPolicy(open_s=OPEN_S))
    breaker.trip()
    opened = time.monotonic()
    before_recovery = 0

    async def caller() -> None:
        nonlocal before_recovery
        permit = await breaker.acquire()
        before_recovery += breaker.state != "closed"
        await asyncio.sleep(CALL_S)
        permit.succeeded()

    async with asyncio.TaskGroup() as group:
        for _ in range(CALLERS):
            group.create_task(caller())
    late_s = time.monotonic() - opened - OPEN_S
    await breaker.close()
    return before_recovery, late_s
