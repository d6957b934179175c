"""A run of the load: Helix on a sandbox, people using commands, and requests over loopback."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bench._closed_loop import cpu_us_per_get
from bench._crowd import lift_limits, settings_on
from bench._load_commands import Commanding, Commands
from bench._load_plan import WEBHOOK_TOKEN, LoadReport, Plan, Stream, reading, webhooks
from bench._process import ROOT, cpu_s, free_port, running, shared_mib, wait_until_ready
from sandbox import start_sandbox

STATUS_PER_S, AGENTS_PER_S, WEBHOOKS_PER_S = 100.0, 50.0, 2.0
_LONGEST_S = 30.0


class Run(msgspec.Struct, frozen=True):
    """The results of a run.

    Attributes:
        load: the generator's report.
        quiet: commands before and after the load, with the same webhooks.
        busy: commands during the load.
        first_command_s: the first command after the start, including loading its code.
        hit_rate: the cache hit rate of the read routes during the load.
        memory_mib: memory when ready, before the first command (PSS).
        cpu_share: CPU during the load, as a fraction of one core.
        files_at_start: files opened for reading until ready.
        files_per_min: files opened for reading during the load.
        cpu_us_per_get: server CPU per GET /status in a closed loop; None if not measured, NaN if refused.
    """

    load: LoadReport
    quiet: Commanding
    busy: Commanding
    first_command_s: float
    hit_rate: float | None
    memory_mib: float
    cpu_share: float
    files_at_start: int
    files_per_min: float
    cpu_us_per_get: float | None


def default_streams() -> tuple[Stream, ...]:
    """The load of the objectives, and webhooks."""
    return reading("/status", STATUS_PER_S), reading("/agents", AGENTS_PER_S), webhooks(WEBHOOKS_PER_S)


async def run_load(
    seconds: float, quiet_s: float, settings: Mapping[str, str], *, cpu_per_get: bool = False
) -> Run:
    """Start everything, measure, stop everything.

    Args:
        seconds: the duration of the load.
        quiet_s: how long commands run without the reads, half before and half after.
        settings: additional settings of Helix.
        cpu_per_get: whether to measure that at the end.
    """
    sandbox = await start_sandbox()
    try:
        lift_limits(sandbox)
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            counter = Path(folder) / "opens"
            counter.write_bytes(bytes(8))
            env = {
                **settings_on(sandbox, f"{folder}/data"),
                "PORT": str(port),
                "WEBHOOK_TOKEN": WEBHOOK_TOKEN,
                **settings,
            }
            program = ["bench/_main_counting_opens.py", str(counter), "main.py"]
            with running(program, env, heard=True) as process:
                await asyncio.to_thread(wait_until_ready, process)
                opens = count_opens(counter)
                memory_mib = shared_mib(process.pid)
                commands = Commands(sandbox)
                first_command_s = await commands.warm_up()
                before = await _quiet(commands, Plan(port, quiet_s / 2, (webhooks(WEBHOOKS_PER_S),), seed=2))
                at_start, cpu_before, opens_before = (
                    await _results(port),
                    cpu_s(process.pid),
                    count_opens(counter),
                )
                load, busy = await asyncio.gather(
                    generate(Plan(port, seconds, default_streams())), commands.run(seconds)
                )
                cpu_after, opens_after = cpu_s(process.pid), count_opens(counter)
                hit_rate = _hit_rate(at_start, await _results(port))
                after = await _quiet(commands, Plan(port, quiet_s / 2, (webhooks(WEBHOOKS_PER_S),), seed=3))
                return Run(
                    load=load,
                    quiet=before.joined(after),
                    busy=busy,
                    first_command_s=first_command_s,
                    hit_rate=hit_rate,
                    memory_mib=memory_mib,
                    cpu_share=(cpu_after - cpu_before) / seconds,
                    files_at_start=opens,
                    files_per_min=(opens_after - opens_before) / seconds * 60,
                    cpu_us_per_get=await _cpu_us(process.pid, port) if cpu_per_get else None,
                )
    finally:
        await sandbox.stop()


async def measure_start(settings: Mapping[str, str]) -> float:
    """Seconds from spawning Python until "ready", with a new data folder."""
    sandbox = await start_sandbox()
    try:
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            env = {**settings_on(sandbox, folder), "PORT": str(port), **settings}
            begun = time.perf_counter()
            with running(["main.py"], env, heard=True) as process:
                await asyncio.to_thread(wait_until_ready, process)
                return time.perf_counter() - begun
    finally:
        await sandbox.stop()


async def _quiet(commands: Commands, plan: Plan) -> Commanding:
    _, commanding = await asyncio.gather(generate(plan), commands.run(plan.seconds))
    return commanding


async def generate(plan: Plan) -> LoadReport:
    """Run a plan in a separate process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench._load_client",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(msgspec.json.encode(plan))
    return msgspec.json.decode(output, type=LoadReport)


async def _cpu_us(pid: int, port: int) -> float:
    try:
        return await asyncio.to_thread(cpu_us_per_get, pid, port, "/status", requests=3_200, rounds=5)
    except ConnectionError:
        return math.nan


async def _results(port: int) -> dict[str, float]:
    """The results of the read routes' caches by /metrics; empty if it is refused."""
    try:
        metrics = (await asyncio.to_thread(_get_json, port, "/metrics?format=json"))["metrics"]
    except urllib.error.HTTPError:
        return {}
    counts: dict[str, float] = {}
    for sample in metrics.get("helix_cache_requests_total", {"samples": []})["samples"]:
        labels = sample["labels"]
        if labels["cache"] in ("http:/status", "http:/agents"):
            counts[labels["result"]] = counts.get(labels["result"], 0.0) + sample["value"]
    return counts


def _get_json(port: int, path: str) -> Any:  # noqa: ANN401 - any JSON
    address = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(address, timeout=_LONGEST_S) as response:
        return json.load(response)


def _hit_rate(before: Mapping[str, float], after: Mapping[str, float]) -> float | None:
    asked = sum(after.values()) - sum(before.values())
    return (after.get("hit", 0.0) - before.get("hit", 0.0)) / asked if asked else None


def count_opens(counter: Path) -> int:
    """The number of files that a program under bench/_main_counting_opens.py has opened so far."""
    return int.from_bytes(counter.read_bytes(), sys.byteorder)
