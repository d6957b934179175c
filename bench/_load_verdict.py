"""The objectives of the load, and whether a run met them."""

from __future__ import annotations

import math
from typing import NamedTuple

from bench._load_run import Run
from bench._statistics import Ratio, quantile, ratio_of

READ_ROUTES = ("/status", "/agents")
P95_TARGET_S = 0.005
HIT_RATE_TARGET = 0.95
COMMAND_RATIO_TARGET = 1.1


class Promise(NamedTuple):
    """An objective: its description, the measured value, and whether it was met."""

    what: str
    seen: str
    met: bool


def judge(run: Run) -> tuple[Promise, ...]:
    """Judge each objective; one that was not measured is not met."""
    return (_no_error(run), *(_p95(run, route) for route in READ_ROUTES), _hit_rate(run), _commands(run))


def command_ratio(run: Run) -> Ratio:
    """The ratio of command durations during the load to those before and after it, with webhooks only."""
    return ratio_of(run.busy.times_s, run.quiet.times_s)


def _no_error(run: Run) -> Promise:
    seen = [
        f"{count} of {outcome.sent} on {name}: {reason}"
        for name, outcome in run.load.streams.items()
        for reason, count in outcome.errors.items()
    ]
    seen += [f"{name}: nothing was sent" for name, outcome in run.load.streams.items() if not outcome.sent]
    if unanswered := run.quiet.unanswered + run.busy.unanswered:
        seen.append(f"{unanswered} commands without an answer")
    sent = sum(outcome.sent for outcome in run.load.streams.values())
    commands = len(run.quiet.times_s) + len(run.busy.times_s)
    none = f"none in {sent} requests and {commands} commands"
    return Promise("no error", "; ".join(seen) or none, not seen)


def _p95(run: Run, route: str) -> Promise:
    times_s = run.load.streams[route].times_s
    p50, p95, p99 = (quantile(times_s, share) for share in (0.5, 0.95, 0.99))
    return Promise(
        f"{route}: p95 under {P95_TARGET_S * 1e3:g} ms",
        f"p50 {p50 * 1e3:.2f}, p95 {p95 * 1e3:.2f}, p99 {p99 * 1e3:.2f} ms",
        p95 < P95_TARGET_S,
    )


def _hit_rate(run: Run) -> Promise:
    rate = math.nan if run.hit_rate is None else run.hit_rate
    return Promise(f"hit rate over {HIT_RATE_TARGET:.0%}", f"{rate:.2%}", rate > HIT_RATE_TARGET)


def _commands(run: Run) -> Promise:
    ratio = command_ratio(run)
    quiet, busy = (quantile(part.times_s, 0.5) * 1e3 for part in (run.quiet, run.busy))
    # Slower only if the ratio exceeds both the target and the confidence interval.
    met = ratio.value <= COMMAND_RATIO_TARGET or ratio.low <= 1.0
    interval = f"{ratio.low:.2f} to {ratio.high:.2f} in 95 %"
    return Promise(
        f"commands as fast as without the reads (ratio up to {COMMAND_RATIO_TARGET:g}, or within chance)",
        f"ratio {ratio.value:.2f} ({interval}); median {busy:.1f} ms, else {quiet:.1f} ms",
        met,
    )
