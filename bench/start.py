"""Start: from spawning Python to 200 on /health/live, against importing discord.py and aiohttp alone.

Target (docs/architecture.md, "What things cost"): at most 1.3 times the two imports.
"""

import statistics
import time

from bench._process import helix, resident_mib, running, wait_for_http, wait_until_ready

ROUNDS = 9
TARGET = 1.3


def main() -> None:
    cases: dict[str, list[float]] = {}
    memory: list[float] = []
    for _ in range(ROUNDS):
        cases.setdefault("two bare imports", []).append(_imports_s())
        cases.setdefault("to /health/live", []).append(_live_s())
        cases.setdefault("to ready", []).append(_ready_s(memory))
        eager = _ready_s([], ENABLE_LAZY_COMMANDS="false")
        cases.setdefault("ready, all cogs at start", []).append(eager)
    medians = {name: statistics.median(times_s) for name, times_s in cases.items()}
    base = medians["two bare imports"]
    for name, median_s in medians.items():
        print(f"{name:<26}{median_s * 1e3:7.0f} ms {median_s / base:7.2f}")
    print(f"memory when ready         {statistics.median(memory):7.0f} MiB")
    print(f"ratio {medians['to /health/live'] / base:.2f} (target: at most {TARGET})")


def _imports_s() -> float:
    begun = time.perf_counter()
    with running(["-c", "import discord.ext.commands, aiohttp.web"], {}) as process:
        process.wait()
        return time.perf_counter() - begun


def _live_s() -> float:
    begun = time.perf_counter()
    with helix() as (_, port):
        wait_for_http(port, "/health/live")
        return time.perf_counter() - begun


def _ready_s(memory: list[float], **env: str) -> float:
    begun = time.perf_counter()
    with helix(**env) as (process, _):
        wait_until_ready(process)
        elapsed_s = time.perf_counter() - begun
        memory.append(resident_mib(process.pid))
        return elapsed_s


if __name__ == "__main__":
    main()
