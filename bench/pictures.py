"""Pictures: from the request to the worker until the PNG, cold (including its process and imports) and warm.

Target: each style at 1024×1024 in under 2 s, cold.
"""

import asyncio
import statistics
import time

import msgspec

from bot.pictures.field_request import DRAW, STYLES, FieldRequest, Style
from core.runtime.worker import Worker

ROUNDS = 5
TARGET_S = 2.0

# The defaults, a field with all values critical, and one with all values ideal.
_FIELDS = {
    "default": (0.5, 1.0, 0.5, 0.5, 0.1, 1.0),
    "critical": (0.2, 0.4, 0.15, 0.25, 0.8, 1.9),
    "perfect": (2.0, 2.0, 1.0, 1.0, 0.0, 1.0),
}


def main() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    slowest = 0.0
    for style in STYLES:
        for name, values in _FIELDS.items():
            cold, warm = [], []
            for _ in range(ROUNDS):
                worker = Worker()
                cold.append(await _once(worker, style, values))
                warm.append(await _once(worker, style, values))
                await worker.close()
            slowest = max(slowest, statistics.median(cold))
            cold_s, warm_s = statistics.median(cold), statistics.median(warm)
            print(f"{style:<12}{name:<10}cold {cold_s:5.2f} s   warm {warm_s:5.2f} s")
    print(f"slowest, cold {slowest:.2f} s (target: under {TARGET_S:g} s)")


async def _once(worker: Worker, style: Style, values: tuple[float, ...]) -> float:
    harmony, resilience, prana, drishti, klesha, zoom = values
    request = FieldRequest(
        style=style, size=1024, harmony=harmony, resilience=resilience, prana=prana, drishti=drishti,
        klesha=klesha, zoom=zoom,
    )  # fmt: skip
    begun = time.perf_counter()
    await worker.run(DRAW, msgspec.json.encode(request))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
