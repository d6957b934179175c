"""POST /webhooks/ucf.update with 64 senders, against the same route without commit."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from functools import partial
from typing import cast

import uvloop

from bench._process import cpu_s, helix, wait_for_http

SENDERS = 64
# Below the inbox's high-water mark, because no handler runs meanwhile.
EVENTS = 6_400
WARM_UP = 640
ROUNDS = 3
TARGET = 0.6
_LONGEST_S = 60
P99_TARGET_S = 0.05
_BODY = b'{"shift":{"harmony":0.000001},"reason":"measured"}'
_PROGRAMS = {
    "kept": ["bench/_main_for_ingest.py", "kept"],
    "unkept": ["bench/_main_for_ingest.py", "unkept"],
    "kept and handled": ["main.py"],
}

# Server CPU per request, requests per second of wall time, and the 99th percentile of response times.
Round = tuple[float, float, float]


def measure() -> None:
    rounds: dict[str, list[Round]] = {name: [] for name in _PROGRAMS}
    for _ in range(ROUNDS):
        for name, measured in rounds.items():
            measured.append(_one_round(_PROGRAMS[name]))
    for name, measured in rounds.items():
        cpu, rate, p99 = (statistics.median(each[index] for each in measured) for index in range(3))
        print(f"{name:<26}{cpu * 1e6:7.0f} us CPU {rate:7.0f} /s   p99 {p99 * 1e3:6.1f} ms")
    pairs = list(zip(rounds["kept"], rounds["unkept"], strict=True))
    by_cpu = statistics.median(unkept[0] / kept[0] for kept, unkept in pairs)
    by_clock = statistics.median(kept[1] / unkept[1] for kept, unkept in pairs)
    p99_ms = statistics.median(kept[2] for kept, _ in pairs) * 1e3
    print(f"ratio {by_clock:.2f} by the clock, {by_cpu:.2f} by CPU (target: at least {TARGET})")
    print(f"p99 {p99_ms:.1f} ms (target: under {P99_TARGET_S * 1e3:g} ms)")


def _one_round(program: list[str]) -> Round:
    with helix(program, PYTHONPATH=".") as (process, port):
        wait_for_http(port, "/health/ready")
        uvloop.run(_send(port, WARM_UP))
        cpu, wall = cpu_s(process.pid), time.perf_counter()
        times = uvloop.run(_send(port, EVENTS))
        took_s = time.perf_counter() - wall
        return ((cpu_s(process.pid) - cpu) / EVENTS, EVENTS / took_s, statistics.quantiles(times, n=100)[98])


class _Sender(asyncio.Protocol):
    """A connection that posts the next event after the response to the last one."""

    def __init__(self, numbers: Iterator[int], times: list[float], over: asyncio.Future[None]) -> None:
        self._numbers = numbers
        self._times = times
        self._over = over
        self._begun = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._post()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 202"):
            self._finish(ConnectionError(f"answered {self._answer[:200]!r}"))
            return
        self._answer = b""
        self._times.append(time.perf_counter() - self._begun)
        self._post()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc or ConnectionError("the server closed the connection"))

    def _post(self) -> None:
        number = next(self._numbers, None)
        if number is None:
            self._finish(None)
            return
        self._begun = time.perf_counter()
        self._transport.write(
            b"POST /webhooks/ucf.update HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: %d-%d\r\nContent-Length: %d\r\n\r\n%s"
            % (time.time_ns(), number, len(_BODY), _BODY)
        )

    def _finish(self, error: Exception | None) -> None:
        if not self._over.done():
            if error is None:
                self._over.set_result(None)
            else:
                self._over.set_exception(error)
            self._transport.close()


async def _send(port: int, events: int) -> list[float]:
    loop = asyncio.get_running_loop()
    numbers, times = iter(range(events)), list[float]()
    ends = [loop.create_future() for _ in range(SENDERS)]
    for end in ends:
        await loop.create_connection(partial(_Sender, numbers, times, end), "127.0.0.1", port)
    async with asyncio.timeout(_LONGEST_S):
        await asyncio.gather(*ends)
    return times
