"""The promises of Helix (what `/slo` states too) and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.words import duration, percent


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise.

    Attributes:
        target: the bound, in words.
        stands: the measured value in words, or why there is none.
        kept: None where there is nothing to judge by.
    """

    name: str
    target: str
    stands: str
    kept: bool | None


def build_promises(
    *,
    error_rate: float | None,
    mean_s: float | None,
    p95_s: float | None,
    command_p95_s: float | None,
    hit_rate: float | None,
    delivery_rate: float | None,
) -> tuple[Promise, ...]:
    """The eight promises, against rates (0 to 1) and times in seconds since this process started."""
    return (
        _below("error rate", error_rate, 0.001, percent),
        Promise("uptime", "> 99.9%", "not measured yet", None),
        _above("deliveries", delivery_rate, 0.995),
        _below("command p95", command_p95_s, 2.0, duration),
        _below("mean response", mean_s, 0.05, duration),
        _below("response p95", p95_s, 0.2, duration),
        _above("hit rate", hit_rate, 0.8),
        Promise("broadcast p95", "< 100 ms", "not measured yet", None),
    )


def _below(name: str, value: float | None, bound: float, say: Callable[[float], str]) -> Promise:
    stands = "no data yet" if value is None else say(value)
    return Promise(name, f"< {say(bound)}", stands, None if value is None else value < bound)


def _above(name: str, value: float | None, bound: float) -> Promise:
    stands = "no data yet" if value is None else percent(value)
    return Promise(name, f"> {percent(bound)}", stands, None if value is None else value > bound)
