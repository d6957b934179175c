"""A start with 10,000 waiting deliveries against a start with none: time until ready, and memory."""

import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench._process import free_port, helix, resident_mib, wait_for_http
from core.clock import SystemClock
from core.store.moments import to_us
from core.webhooks.ids import new_id

QUEUED = 10_000
PAYLOAD_BYTES = 4_000
ROUNDS = 5
TARGET_S = 0.5
_SETTLED_S = 2.0


def measure() -> None:
    url = f"http://127.0.0.1:{free_port()}/nobody-listens"
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as queued:
        for folder in (empty, queued):
            _start(folder, url)
        _fill(Path(queued) / "helix.db")
        none, many = list[tuple[float, float]](), list[tuple[float, float]]()
        for _ in range(ROUNDS):
            none.append(_start(empty, url))
            many.append(_start(queued, url))
    for name, found in (("none waiting", none), (f"{QUEUED:,} waiting", many)):
        ready_s, mib = (statistics.median(each[index] for each in found) for index in (0, 1))
        print(f"{name:<26}{ready_s * 1e3:7.0f} ms until ready {mib:7.1f} MiB")
    added_s = statistics.median(b[0] - a[0] for a, b in zip(none, many, strict=True))
    grown = statistics.median(b[1] - a[1] for a, b in zip(none, many, strict=True))
    print(f"added to the start        {added_s * 1e3:.0f} ms (target: under {TARGET_S * 1e3:g} ms)")
    whole = QUEUED * PAYLOAD_BYTES / 2**20
    print(f"added memory              {grown:.1f} MiB, of {whole:.0f} MiB that wait (target: does not grow)")


def _start(folder: str, url: str) -> tuple[float, float]:
    begun = time.perf_counter()
    with helix(HELIX_DATA_DIR=folder, ZAPIER_WEBHOOK_URL=url) as (process, port):
        wait_for_http(port, "/health/ready")
        ready_s = time.perf_counter() - begun
        # Its lane has opened by now, and failed a few times.
        time.sleep(_SETTLED_S)
        return ready_s, resident_mib(process.pid)


def _fill(path: Path) -> None:
    now = SystemClock().now()
    at_us, payload = to_us(now), b'{"padding":"%s"}' % (b"x" * PAYLOAD_BYTES)
    with closing(sqlite3.connect(path)) as connection, connection:
        for _ in range(QUEUED):
            event = connection.execute(
                "INSERT INTO outbox (id, type, at_us, payload) VALUES (?, 'ucf.changed', ?, ?)",
                (new_id("msg", now), at_us, payload),
            ).lastrowid
            connection.execute(
                "INSERT INTO deliveries (event, destination, status, created_us, next_us) "
                "VALUES (?, 'zapier', 'waiting', ?, ?)",
                (event, at_us, at_us),
            )
