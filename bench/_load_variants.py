"""The same load with each flag off, and with all off, to show the effect of each."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping
from typing import NamedTuple

from bench._load_run import Run, measure_start, run_load
from bench._load_verdict import READ_ROUTES
from bench._statistics import quantile

FLAGS = ("ENABLE_RESPONSE_CACHING", "ENABLE_LAZY_COMMANDS", "ENABLE_STATE_WATCHING")
_STARTS = 5
VARIANTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("all on", ()),
    *((f"{flag} off", (flag,)) for flag in FLAGS),
    ("all off", FLAGS),
)


class _Column(NamedTuple):
    title: str
    form: str


_COLUMNS = (
    _Column("p50 ms", "8.2f"),
    _Column("p95 ms", "8.2f"),
    _Column("us CPU/GET", "11.1f"),
    _Column("CPU %", "7.1f"),
    _Column("1st cmd ms", "11.1f"),
    _Column("cmd ms", "8.1f"),
    _Column("ready ms", "9.0f"),
    _Column("MiB", "6.1f"),
    _Column("files", "6.0f"),
    _Column("files/min", "10.0f"),
)


def measure(seconds: float, settings: Mapping[str, str]) -> None:
    """Run each variant for `seconds` and print its row."""
    print(f"{'':<29}" + "".join(f"{title:>{int(form.split('.')[0])}}" for title, form in _COLUMNS))
    for name, off in VARIANTS:
        # Without the cache every GET counts against the rate limit of the single client.
        flags = {"RATE_LIMIT_PER_MINUTE": "0", **settings, **dict.fromkeys(off, "false")}
        run = asyncio.run(run_load(seconds, seconds / 2, flags, cpu_per_get=True))
        ready_s = statistics.median(asyncio.run(measure_start(flags)) for _ in range(_STARTS))
        values = zip(_values(run, ready_s), _COLUMNS, strict=True)
        cells = (f"{value:{column.form}}" for value, column in values)
        print(f"{name:<29}" + "".join(cells), flush=True)


def _values(run: Run, ready_s: float) -> tuple[float, ...]:
    gets = [time_s for route in READ_ROUTES for time_s in run.load.streams[route].times_s]
    return (
        quantile(gets, 0.5) * 1e3,
        quantile(gets, 0.95) * 1e3,
        run.cpu_us_per_get or 0.0,
        run.cpu_share * 100,
        run.first_command_s * 1e3,
        quantile(run.quiet.times_s, 0.5) * 1e3,
        ready_s * 1e3,
        run.memory_mib,
        run.files_at_start,
        run.files_per_min,
    )
