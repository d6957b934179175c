"""How commands go: the counters for Prometheus, and the health check that Lumina answers for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from core.health import Reading
from core.health.threshold import Threshold
from core.text.numbers import plain
from state.ports import FAILED_OUTCOMES

if TYPE_CHECKING:
    from core.clock import Clock
    from core.health import Status
    from core.metrics import CounterCell, HistogramCell, Registry

Outcome = Literal[
    "ok", "refused", "cooldown", "bad input", "told", "failed", "elsewhere", "cut off", "unknown"
]

# What counts as recent, and how much of it is kept.
_WINDOW_S = 900.0
_KEPT = 500
# Fewer failures than this are bad luck.
_LEAST_FAILURES = 3
# With fewer calls the slowest one is the p95, and one slow call is bad luck, too.
_LEAST_TIMED = 20
_LOAD_WINDOW_S = 60.0
_ERROR_SETTINGS = ("COMMAND_ERRORS_WARN_PERCENT", "COMMAND_ERRORS_FAIL_PERCENT")
# Around what people notice; the promise is one of the bounds.
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# Every command may come to every outcome, and each is to be counted as what it is.
_MOST_LABEL_SETS = 1_000


class CommandMetrics:
    """Counts every call of a command by outcome, and times those of known names.

    Args:
        metrics: where they are counted.
        clock: what "recent" is measured by.
        warn_percent: with more failed ones than so many of 100, the check warns; `fail_percent`, it fails.
        slow_s: it warns when the 95th percentile of the durations is above this; the objective
            (docs/api.md, "Objectives") is 2 s.
    """

    def __init__(
        self,
        metrics: Registry,
        clock: Clock,
        *,
        warn_percent: float = 5,
        fail_percent: float = 50,
        slow_s: float = 2.0,
    ) -> None:
        self._clock = clock
        self._percent, self._slow_s = {"warn": warn_percent, "fail": fail_percent}, slow_s
        self._errors = Threshold(
            "error_rate", "above", warn_percent / 100, fail_percent / 100, _ERROR_SETTINGS
        )
        self._slowness = Threshold("p95_s", "above", slow_s, None, ("COMMAND_P95_WARN_MS",))
        self._total = metrics.counter(
            "helix_commands_total",
            "Commands by name and outcome.",
            ("command", "outcome"),
            max_label_sets=_MOST_LABEL_SETS,
        )
        self._seconds = metrics.histogram(
            "helix_command_duration_seconds",
            "From message or interaction to the first answer.",
            ("command",),
            _BUCKETS_S,
        )
        self._totals: dict[tuple[str, str], CounterCell] = {}
        self._times: dict[str, HistogramCell] = {}
        self._recent: deque[tuple[float, float, bool]] = deque(maxlen=_KEPT)

    def record(self, command: str, outcome: Outcome, seconds: float) -> None:
        """Count one call whose first answer took so long: a ritual goes on for minutes after it."""
        counter = self._totals.get((command, outcome))
        if counter is None:
            counter = self._totals[command, outcome] = self._total.bind(command, outcome)
        counter.inc()
        time = self._times.get(command)
        if time is None:
            time = self._times[command] = self._seconds.bind(command)
        time.observe(seconds)
        self._recent.append((self._clock.monotonic(), seconds, outcome in FAILED_OUTCOMES))

    def record_unknown(self) -> None:
        """Count a call of something that is no command; names that people make up are no labels."""
        self._total.inc("unknown", "unknown")

    def probe(self) -> Reading:
        """What the health check "commands" says: the error rate and p95 of the last quarter of an hour."""
        now = self._clock.monotonic()
        recent = [(at, took, failed) for at, took, failed in self._recent if now - at <= _WINDOW_S]
        failures = sum(failed for _, _, failed in recent)
        rate = failures / len(recent) if recent else 0.0
        times = sorted(took for _, took, _ in recent)
        p95 = times[min(len(times) - 1, int(len(times) * 0.95))] if times else 0.0
        busy_s = sum(took for at, took, _ in recent if now - at <= _LOAD_WINDOW_S)
        reading = Reading(
            observed_value=round(rate, 4),
            observed_unit="error rate",
            load=min(1.0, busy_s / _LOAD_WINDOW_S),
            thresholds=(self._errors, self._slowness),
            counters={"recent": len(recent), "failures": failures, "p95_s": round(p95, 4)},
        )
        verdict: Status = self._errors.judge(rate) if failures >= _LEAST_FAILURES else "pass"
        if verdict != "pass":
            reason = f"more than {plain(self._percent[verdict])} % of the recent commands failed"
            return reading.become(verdict, reason, "Look for incidents in the log.")
        verdict = self._slowness.judge(p95) if len(times) >= _LEAST_TIMED else "pass"
        if verdict != "pass":
            reason = f"5 of 100 commands take longer than {plain(self._slow_s)} s"
            action = "`/metrics commands` shows which; look at the event loop's lag and at Discord's latency."
            return reading.become(verdict, reason, action)
        return reading
