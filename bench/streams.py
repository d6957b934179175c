"""Idle clients of /events and /ws: memory per client, and the delay of a change, against plain aiohttp.

`BENCH_STREAMS` (10,000) sets their number, limited by the maximum number of open files.
"""

import contextlib
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from bench._process import ROOT, cpu_s, free_port, helix, resident_mib, running, wait_for_http

_WANTED = int(os.environ.get("BENCH_STREAMS", "10000"))
_CHANGES = 10
_PAUSE_S = 0.3
# Open files of a process besides its clients.
_OTHER_FILES = 1_200
_MARKS = {"/events": "event: state", "/ws": '"event":"state"'}


class Measured(NamedTuple):
    """The measurements of a server."""

    kib_each: float
    spread_ms: list[float]
    cpu_us_each: float


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(_WANTED, hard - _OTHER_FILES)
    print(
        f"{count} idle clients, {_CHANGES} changes; from the request of a change to the last client, median"
    )
    for path in _MARKS:
        naive = _measure_naive(path, count)
        ours, told = _measure_helix(path, count)
        _show(f"aiohttp {path}", naive, naive)
        _show(f"Helix   {path}", ours, naive)
        print(f"          helix_broadcast_seconds: {told}")


def _measure_helix(path: str, count: int) -> tuple[Measured, str]:
    limits = {
        "MAX_STREAMS": str(count),
        "MAX_STREAMS_PER_CLIENT": str(count),
        "MAX_CONNECTIONS_PER_CLIENT": "0",
        "RATE_LIMIT_PER_MINUTE": "0",
    }
    with helix(**limits) as (process, port):
        wait_for_http(port, "/health/ready")
        values = iter([0.6, 0.7] * _CHANGES)

        def change() -> None:
            _post(port, "/webhooks/ucf.update", {"set": {"harmony": next(values)}})

        measured = _measure(_Server(process.pid, port, f"{path}?topics=state", _MARKS[path]), count, change)
        return measured, _told(port)


def _measure_naive(path: str, count: int) -> Measured:
    port = free_port()
    with running(["-m", "bench._naive_streams", str(port)], {}) as process:
        _wait_for_port(port)
        ucf = dict.fromkeys(("harmony", "resilience", "prana", "drishti", "klesha", "zoom"), 0.5)
        event = {"version": 2, "changed_at": "2026-01-01T12:00:00Z", "source": "webhook", "ucf": ucf}
        server = _Server(process.pid, port, path, _MARKS[path])
        return _measure(server, count, lambda: _post(port, "/publish", event))


class _Server(NamedTuple):
    """A server under measurement: its path, and the mark of a change event."""

    pid: int
    port: int
    path: str
    mark: str


def _measure(server: _Server, count: int, change: Callable[[], None]) -> Measured:
    # The first few include one-time costs.
    with _clients(server, 20) as few:
        change()
        few.readline()
    time.sleep(1)
    pid = server.pid
    before = resident_mib(pid)
    with _clients(server, count) as lines:
        time.sleep(1)
        kib_each = (resident_mib(pid) - before) * 1024 / count
        spread, busy = [], 0.0
        for _ in range(_CHANGES):
            time.sleep(_PAUSE_S)
            cpu, begun = cpu_s(pid), time.monotonic()
            change()
            last = float(lines.readline().split()[1])
            spread.append((last - begun) * 1000)
            time.sleep(0.05)
            busy += cpu_s(pid) - cpu
    return Measured(kib_each, sorted(spread), busy / _CHANGES / count * 1e6)


@contextlib.contextmanager
def _clients(server: _Server, count: int) -> Iterator[IO[str]]:
    """Connect `count` clients; yields their output."""
    process = subprocess.Popen(  # noqa: S603 - this project's own program
        [
            sys.executable,
            "-m",
            "bench._stream_clients",
            str(server.port),
            server.path,
            str(count),
            server.mark,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError("the clients could not connect")
        yield process.stdout
    finally:
        process.kill()
        process.wait()


def _show(name: str, measured: Measured, base: Measured) -> None:
    median, worst = measured.spread_ms[len(measured.spread_ms) // 2], measured.spread_ms[-1]
    base_ms = base.spread_ms[len(base.spread_ms) // 2]
    print(
        f"{name:16} memory {measured.kib_each:6.1f} KiB each ({measured.kib_each / base.kib_each:.2f})   "
        f"last client {median:6.0f} ms, worst {worst:6.0f} ms ({median / base_ms:.2f})   "
        f"CPU {measured.cpu_us_each:5.1f} us each ({measured.cpu_us_each / base.cpu_us_each:.2f})"
    )


def _told(port: int) -> str:
    metrics = json.loads(_ask(port, "GET", "/metrics?format=json"))["metrics"]
    sample = metrics["helix_broadcast_seconds"]["samples"][0]
    return json.dumps({name: sample[name] for name in ("count", "p50", "p95", "max") if name in sample})


def _post(port: int, path: str, value: object) -> None:
    _ask(port, "POST", path, json.dumps(value))


def _ask(port: int, method: str, path: str, body: str | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path} answered {answer.status}")
    return content


def _wait_for_port(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise TimeoutError(f"nothing listens on port {port}")


if __name__ == "__main__":
    main()
