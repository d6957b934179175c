"""The load generator: random arrivals, each request timed from its intended send time.

Reads a plan as JSON from standard input, and writes a report as JSON. Arrivals do not wait for responses
(open loop), so a stalled server delays every later request too.
"""

from __future__ import annotations

import asyncio
import gc
import random
import selectors
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import msgspec

from bench._load_plan import LoadReport, Outcome, Plan, Stream
from bench._statistics import quantile

CONNECTIONS = 16
# How long after the end responses still count; later ones are errors.
GRACE_S = 5.0
_Done = Callable[[int | None], None]


class _Connection(asyncio.Protocol):
    """Carries one request at a time; calls `free` when it can carry the next."""

    def __init__(self, free: Callable[[_Connection], None]) -> None:
        self._free = free
        self._done: _Done | None = None
        self._received = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.open = True

    def send(self, request: bytes, done: _Done) -> None:
        self._done = done
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length or 0):
            return
        self._received = b""
        self._finish(int(head[9:12]))
        self._free(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.open = False
        if self._done is not None:
            self._finish(None)
            self._free(self)

    def _finish(self, status: int | None) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(status)


class _Pool:
    """A connection pool; a request without a free connection waits, which counts as response time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[tuple[bytes, _Done]] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await asyncio.gather(*(self._open() for _ in range(CONNECTIONS)))

    def send(self, request: bytes, done: _Done) -> None:
        while self._idle:
            connection = self._idle.popleft()
            if connection.open:
                connection.send(request, done)
                return
            self._replace()
        self._waiting.append((request, done))

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: _Connection(self._take), "127.0.0.1", self._port)
        self._take(connection)

    async def _reopen(self) -> None:
        # If the server is gone, waiting requests get no response and count as errors.
        with suppress(OSError):
            await self._open()

    def _take(self, connection: _Connection) -> None:
        if not connection.open:
            self._replace()
        elif self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self._idle.append(connection)

    def _replace(self) -> None:
        task = asyncio.create_task(self._reopen(), name="open")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)


class _Generator:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pool = _Pool(plan.port)
        self._outcomes = {stream.name: Outcome() for stream in plan.streams}
        self._late_s: list[float] = []
        self._open = 0
        self._all_answered = asyncio.Event()

    async def run(self) -> LoadReport:
        await self._pool.start()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for at, stream, request in _arrivals(self._plan):
            if (left_s := begun + at - loop.time()) > 0:
                await asyncio.sleep(left_s)
            self._late_s.append(max(0.0, loop.time() - begun - at))
            self._send(stream, request, begun + at)
        try:
            async with asyncio.timeout(GRACE_S):
                await self._all_answered.wait()
        except TimeoutError:
            unanswered = f"no answer within {GRACE_S:g} s of the end"
            for outcome in self._outcomes.values():
                missing = outcome.sent - len(outcome.times_s) - sum(outcome.errors.values())
                if missing:
                    outcome.errors[unanswered] = missing
        self._pool.close()
        return LoadReport(self._outcomes, quantile(self._late_s or [0.0], 0.99))

    def _send(self, stream: Stream, request: bytes, due: float) -> None:
        outcome = self._outcomes[stream.name]
        outcome.sent += 1
        self._open += 1
        self._all_answered.clear()

        def done(status: int | None) -> None:
            if status == stream.status:
                outcome.times_s.append(asyncio.get_running_loop().time() - due)
            else:
                reason = "the connection was closed" if status is None else f"answered {status}"
                outcome.errors[reason] = outcome.errors.get(reason, 0) + 1
            self._open -= 1
            if not self._open:
                self._all_answered.set()

        self._pool.send(request, done)


def _arrivals(plan: Plan) -> list[tuple[float, Stream, bytes]]:
    """All arrivals in order, with exponential gaps (a Poisson process)."""
    rng = random.Random(plan.seed)
    arrivals: list[tuple[float, Stream, bytes]] = []
    for stream in plan.streams:
        at, number = rng.expovariate(stream.per_s), 0
        while at < plan.seconds:
            request = stream.requests[number % len(stream.requests)]
            arrivals.append((at, stream, request.replace("{number}", f"{plan.seed}-{number}").encode()))
            at, number = at + rng.expovariate(stream.per_s), number + 1
    return sorted(arrivals, key=lambda arrival: arrival[0])


def _precise_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    # select(2) has microsecond timeouts; epoll rounds up to a millisecond, a fifth of the target.
    with asyncio.Runner(loop_factory=_precise_loop) as runner:
        gc.disable()
        report = runner.run(_Generator(plan).run())
    sys.stdout.buffer.write(msgspec.json.encode(report))


if __name__ == "__main__":
    main()
