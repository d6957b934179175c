"""Metrics: the cost of recording and of a scrape with all commands used, against prometheus_client.

Targets (docs/architecture.md, "What things cost"): a recording at most a quarter of `labels().inc()` and
`labels().observe()`; of a scrape at most a twentieth is spent on the event loop.
"""

import gc
import random
import time
from collections.abc import Callable
from statistics import median

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest

from bot import catalog
from bot.gateway.command_metrics import CommandMetrics
from core.clock import SystemClock
from core.metrics import Histogram, Registry, exposition

ROUNDS = 7
RECORDINGS = 200_000
SCRAPES = 20
CALLS = 50
RECORDING_TARGET = 0.25
ON_LOOP_TARGET = 0.05


def main() -> None:
    ours, theirs = _ours(), _theirs()
    _recordings(ours)
    families = ours.collect()
    peer_us = _each_us(lambda: generate_latest(theirs), SCRAPES)
    collect_us = _each_us(ours.collect, SCRAPES)
    rows = (
        ("prometheus_client's own scrape", peer_us),
        ("text, in a thread", _each_us(lambda: exposition.write(families, "text"), SCRAPES)),
        ("OpenMetrics, in a thread", _each_us(lambda: exposition.write(families, "openmetrics"), SCRAPES)),
        ("JSON, in a thread", _each_us(lambda: exposition.to_json(families), SCRAPES)),
        ("of each on the event loop", collect_us),
    )
    for name, us in rows:
        print(f"{name:32}  {us / 1000:7.2f} ms   {us / peer_us:.3f}")
    print(f"{len(exposition.write(families, 'text')[0])} bytes of text")
    print(f"ratio scrape on the loop {collect_us / peer_us:.3f} (target: at most {ON_LOOP_TARGET})")


def _recordings(ours: Registry) -> None:
    registry = CollectorRegistry()
    peer_count = prometheus_client.Counter("a", "a", ["command", "outcome"], registry=registry)
    peer_time = prometheus_client.Histogram("b", "b", ["command"], registry=registry)
    count = ours.counter("helix_bench_total", "a", ("command", "outcome")).bind("status", "ok")
    seconds = ours.histogram("helix_bench_seconds", "b", ("command",)).bind("status")
    rows = (
        ("counter", count.inc, lambda: peer_count.labels("status", "ok").inc()),
        ("histogram", lambda: seconds.observe(0.012), lambda: peer_time.labels("status").observe(0.012)),
    )
    for name, record, peer in rows:
        own_us, peer_us = _each_us(record, RECORDINGS), _each_us(peer, RECORDINGS)
        print(f"{name:9} prometheus_client        {peer_us:7.2f} us   1.00")
        print(f"{name:9} ours, bound              {own_us:7.2f} us   {own_us / peer_us:.2f}")
        print(f"ratio {name} {own_us / peer_us:.2f} (target: at most {RECORDING_TARGET})")


def _ours() -> Registry:
    registry = Registry()
    commands = CommandMetrics(registry, SystemClock())
    chance = random.Random(62)
    for entry in catalog.ENTRIES:
        for _ in range(CALLS):
            commands.record(entry.name, "ok", chance.expovariate(20))
    return registry


def _theirs() -> CollectorRegistry:
    registry = CollectorRegistry()
    durations = _ours().get("helix_command_duration_seconds")
    assert isinstance(durations, Histogram)  # noqa: S101 - what CommandMetrics has just declared
    total = prometheus_client.Counter("helix_commands", "a", ["command", "outcome"], registry=registry)
    seconds = prometheus_client.Histogram(
        "helix_command_duration_seconds", "b", ["command"], registry=registry, buckets=durations.buckets
    )
    chance = random.Random(62)
    for entry in catalog.ENTRIES:
        for _ in range(CALLS):
            total.labels(entry.name, "ok").inc()
            seconds.labels(entry.name).observe(chance.expovariate(20))
    prometheus_client.ProcessCollector(registry=registry)
    prometheus_client.PlatformCollector(registry=registry)
    prometheus_client.GCCollector(registry=registry)
    return registry


def _each_us(work: Callable[[], object], times: int) -> float:
    """CPU time per call in microseconds, the median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times * 1e6)
    return median(rounds)
