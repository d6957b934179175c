"""The load of the objectives, and the effect of each flag: python -m bench.load [SECONDS] [NAME=VALUE …].

Per second, 100 GET /status, 50 GET /agents and 2 webhooks that change the state arrive at random, while
people use commands by prefix and by slash. Before and after, the same runs without the GETs. NAME=VALUE are
settings of the measured Helix. Exit code 1: an objective was not met; 2: wrong usage.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence

from bench import _load_variants
from bench._load_run import run_load
from bench._load_verdict import judge

DEFAULT_S = 60.0
# Fractions of the load's duration: for commands without reads, and for each variant.
_QUIET_SHARE = 0.5
_VARIANT_SHARE = 1 / 6


def main(arguments: Sequence[str]) -> int:
    """Measure; print each objective, then each variant."""
    try:
        seconds, settings = _parse(arguments)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"== load: 150 GETs and 2 webhooks a second for {seconds:g} s, and commands", flush=True)
    run = asyncio.run(run_load(seconds, seconds * _QUIET_SHARE, settings))
    promises = judge(run)
    for promise in promises:
        print(f"{'met    ' if promise.met else 'NOT MET'}  {promise.what}: {promise.seen}")
    late_ms = run.load.late_p99_s * 1e3
    print(f"the generator itself was late by at most {late_ms:.2f} ms (99th percentile)")
    print(f"\n== the same for {seconds * _VARIANT_SHARE:g} s each, by flags", flush=True)
    _load_variants.measure(seconds * _VARIANT_SHARE, settings)
    return 0 if all(promise.met for promise in promises) else 1


def _parse(arguments: Sequence[str]) -> tuple[float, Mapping[str, str]]:
    seconds, settings = DEFAULT_S, dict[str, str]()
    for argument in arguments:
        name, assigned, value = argument.partition("=")
        if assigned:
            settings[name] = value
            continue
        try:
            seconds = float(argument)
        except ValueError:
            seconds = 0.0
        if not 1 <= seconds <= 600:
            raise ValueError(f"{argument!r} is neither a number of seconds from 1 to 600 nor NAME=VALUE")
    return seconds, settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
