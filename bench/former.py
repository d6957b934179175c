"""Cost against the former design: /status built from files each time, all commands imported at the start.

Both run in turns on the same sandbox with the same requests. Ratios are the former design's cost over
Helix's.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench._closed_loop import cpu_us_per_get
from bench._crowd import lift_limits, settings_on
from bench._load_plan import Plan, reading
from bench._load_run import count_opens, generate
from bench._process import free_port, running, shared_mib, wait_for_http, wait_until_ready
from bench._statistics import quantile
from sandbox import Sandbox, start_sandbox
from state.agents import ROSTER

ROUNDS = 5
REQUESTS = 6_400
# How long files are counted and responses timed, at the rate of the objectives.
LOAD_S = 10.0
PER_S = 100.0
KINDS = ("Helix", "former", "former, drawing")
_UCF = {"harmony": 0.5, "resilience": 1.0, "prana": 0.5, "drishti": 0.5, "klesha": 0.1, "zoom": 1.0}


class Cost(msgspec.Struct, frozen=True):
    """The cost of one process.

    Attributes:
        listening_s: from spawning Python until 200 on /status.
        ready_s: from spawning Python until connected to Discord.
        memory_mib: memory when connected (PSS).
        cpu_us: CPU per GET /status.
        files_per_min: files opened for reading, at 100 GET /status per second.
        p95_s: the 95th percentile of these responses.
    """

    listening_s: float
    ready_s: float
    memory_mib: float
    cpu_us: float
    files_per_min: float
    p95_s: float


def main() -> None:
    costs: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    for _ in range(ROUNDS):
        for kind, measured in costs.items():
            measured.append(asyncio.run(measure(kind, requests=REQUESTS, load_s=LOAD_S / ROUNDS)))
    medians = {kind: _medians(measured) for kind, measured in costs.items()}
    print(f"{'':<36}" + "".join(f"{kind:>17}" for kind in KINDS) + f"{'ratios':>16}")
    for title, field, factor, form in (
        ("CPU per GET /status, us", "cpu_us", 1, ".1f"),
        ("files read a minute, 100 GET/s", "files_per_min", 1, ".0f"),
        ("p95 of these GETs, ms", "p95_s", 1e3, ".2f"),
        ("memory when connected, MiB (PSS)", "memory_mib", 1, ".1f"),
        ("start to 200 on /status, ms", "listening_s", 1e3, ".0f"),
        ("start to connected, ms", "ready_s", 1e3, ".0f"),
    ):
        ours, *former = (getattr(medians[kind], field) for kind in KINDS)
        cells = "".join(f"{value * factor:>17{form}}" for value in (ours, *former))
        ratios = ", ".join(f"{value / ours:.1f}" if ours else "–" for value in former)
        print(f"{title:<36}{cells}{ratios:>16}")


async def measure(kind: str, *, requests: int, load_s: float) -> Cost:
    """Start one, measure it, stop it."""
    sandbox = await start_sandbox()
    try:
        lift_limits(sandbox)
        port = free_port()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (counter := folder / "opens").write_bytes(bytes(8))
            program, env = _program(kind, sandbox, folder, port)
            begun = time.perf_counter()
            with running(
                ["bench/_main_counting_opens.py", str(counter), *program], env, heard=True
            ) as process:
                await asyncio.to_thread(wait_for_http, port, "/status")
                listening_s = time.perf_counter() - begun
                await asyncio.to_thread(wait_until_ready, process)
                ready_s = time.perf_counter() - begun
                memory_mib = shared_mib(process.pid)
                opens = count_opens(counter)
                load = await generate(Plan(port, load_s, (reading("/status", PER_S),)))
                opens = count_opens(counter) - opens
                outcome = load.streams["/status"]
                if outcome.errors:
                    raise RuntimeError(f"{kind}: {outcome.errors}")
                cpu_us = await asyncio.to_thread(
                    cpu_us_per_get, process.pid, port, "/status", requests=requests, rounds=1
                )
                return Cost(
                    listening_s=listening_s,
                    ready_s=ready_s,
                    memory_mib=memory_mib,
                    cpu_us=cpu_us,
                    files_per_min=opens / load_s * 60,
                    p95_s=quantile(outcome.times_s, 0.95),
                )
    finally:
        await sandbox.stop()


def _program(kind: str, sandbox: Sandbox, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    if kind == "Helix":
        return ["main.py"], {**settings_on(sandbox, str(folder / "data")), "PORT": str(port)}
    (folder / "ucf_state.json").write_text(json.dumps(_UCF, indent=2))
    agents = [
        {
            "name": agent.name,
            "symbol": agent.symbol,
            "layer": agent.layer,
            "status": "active",
            "task": "at its work",
            "reported_at": "2025-01-01T00:00:00Z",
        }
        for agent in ROSTER
    ]
    (folder / "agents.json").write_text(json.dumps({"agents": agents}, indent=2))
    what = "drawing" if kind.endswith("drawing") else "plain"
    arguments = [str(port), str(folder), sandbox.api_url, sandbox.gateway_url, sandbox.token, what]
    return ["bench/_former_server.py", *arguments], {}


def _medians(measured: Sequence[Cost]) -> Cost:
    return Cost(
        **{
            field: statistics.median(getattr(cost, field) for cost in measured)
            for field in Cost.__struct_fields__
        }
    )


if __name__ == "__main__":
    main()
