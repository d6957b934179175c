"""A circuit breaker: pauses calls that keep failing, then probes with a single call."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from core.breakers.policies import DESTINATION_POLICY, BreakerPolicy
from core.clock import Clock

State = Literal["closed", "open", "half-open"]
Sleep = Callable[[float], Awaitable[None]]

STATES: Final[tuple[State, ...]] = ("closed", "half-open", "open")


class BreakerView(msgspec.Struct, frozen=True, kw_only=True):
    """The present state of a breaker.

    Attributes:
        next_probe: when it lets one call through; None while it is closed.
    """

    name: str
    state: State
    calls: int
    failures: int
    since: datetime
    next_probe: datetime | None


_MOST_CALLS: Final = 200


class Permit:
    """Permission for one call; report its outcome once. A `released` permit does not count as a call."""

    __slots__ = ("_breaker", "_generation", "_used", "probe")

    def __init__(self, breaker: Breaker, generation: int, *, probe: bool) -> None:
        self._breaker = breaker
        self._generation = generation
        self._used = False
        self.probe = probe

    def succeeded(self) -> None:
        """Reports that the call succeeded."""
        self._end(ok=True)

    def failed(self) -> None:
        """Reports that the call failed."""
        self._end(ok=False)

    def released(self) -> None:
        """Reports that the call was not made, or that its outcome says nothing about the other side."""
        self._end(ok=None)

    def _end(self, *, ok: bool | None) -> None:
        if not self._used:
            self._used = True
            self._breaker.take_outcome(self._generation, ok=ok, probe=self.probe)


class Breaker:
    """Stops calls to a service that keeps failing.

    Closed: calls pass. It opens when, after a minimum of calls, the failure rate in a window is too high.
    Open: calls are refused until the open time ends; then it becomes half-open.
    Half-open: one call passes as a probe. It closes if that call succeeds, and opens for longer if it fails.

    Args:
        name: what it protects.
        clock: the time source.
        policy: when it opens.
        sleep: waits for the open time to end; tests pass their own.
        on_change: called after each change of state.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        policy: BreakerPolicy = DESTINATION_POLICY,
        *,
        sleep: Sleep = asyncio.sleep,
        on_change: Callable[[Breaker], None] | None = None,
    ) -> None:
        self.name = name
        self.state: State = "closed"
        self.since = clock.now()
        self._clock = clock
        self._policy = policy
        self._sleep = sleep
        self._on_change = on_change
        self._calls: deque[tuple[float, bool]] = deque(maxlen=_MOST_CALLS)
        self._open_s = self._policy.open_s
        self._open_until = 0.0
        # Counts state changes: outcomes of calls from before a change are ignored.
        self._generation = 0
        self._probing = False
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.Task[None] | None = None

    def try_acquire(self) -> Permit | None:
        """A permit for one call; None while open, or while the one probe is in progress."""
        if self.state == "closed":
            return Permit(self, self._generation, probe=False)
        if self.state == "open" and self._clock.monotonic() >= self._open_until:
            self._become("half-open")
        if self.state == "half-open" and not self._probing:
            self._probing = True
            return Permit(self, self._generation, probe=True)
        return None

    async def acquire(self) -> Permit:
        """Waits for a permit; of many waiting callers, one makes the probe."""
        while True:
            permit = self.try_acquire()
            if permit is not None:
                return permit
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            if self.state == "open":
                self._start_timer()
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
                elif waiter.done() and not waiter.cancelled():
                    # It had been woken to make the probe: wake another one instead.
                    self._wake_one()
                raise

    def trip(self) -> None:
        """Opens it by hand."""
        self._open()

    def reset(self) -> None:
        """Closes it by hand and drops its failures."""
        self._close()

    def view(self) -> BreakerView:
        """Its present state."""
        self._forget_old()
        failures = sum(not ok for _, ok in self._calls)
        left_s = max(0.0, self._open_until - self._clock.monotonic())
        return BreakerView(
            name=self.name,
            state=self.state,
            calls=len(self._calls),
            failures=failures,
            since=self.since,
            next_probe=None if self.state == "closed" else self._clock.now() + timedelta(seconds=left_s),
        )

    async def close(self) -> None:
        """Ends the use of this breaker: cancels its timer. Callers that wait are not woken."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            await asyncio.wait({timer})

    def take_outcome(self, generation: int, *, ok: bool | None, probe: bool) -> None:
        """Records the outcome of a call; called by `Permit`."""
        if generation != self._generation:
            return
        if probe:
            self._probing = False
            if ok is None:
                self._wake_one()
            elif ok:
                self._close()
            else:
                self._open_s = min(self._open_s * 2, self._policy.longest_open_s)
                self._open()
            return
        if ok is None:
            return
        self._calls.append((self._clock.monotonic(), ok))
        self._forget_old()
        failures = sum(not each for _, each in self._calls)
        policy = self._policy
        if (
            not ok
            and len(self._calls) >= policy.min_calls
            and failures >= policy.failure_rate * len(self._calls)
        ):
            self._open()

    def _open(self) -> None:
        self._open_until = self._clock.monotonic() + self._open_s
        self._become("open")
        self._stop_timer()
        if self._waiters:
            self._start_timer()

    def _close(self) -> None:
        self._calls.clear()
        self._open_s = self._policy.open_s
        self._become("closed")
        self._stop_timer()
        while self._waiters:
            self._wake_one()

    def _become(self, state: State) -> None:
        self._generation += 1
        self._probing = False
        changed = state != self.state
        self.state = state
        if changed:
            self.since = self._clock.now()
            if self._on_change is not None:
                self._on_change(self)

    def _forget_old(self) -> None:
        limit = self._clock.monotonic() - self._policy.window_s
        while self._calls and self._calls[0][0] < limit:
            self._calls.popleft()

    def _start_timer(self) -> None:
        if self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._wait_open(), name=f"breaker-{self.name}")

    def _stop_timer(self) -> None:
        """Cancels the timer, whose time is no longer right."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    async def _wait_open(self) -> None:
        while (left_s := self._open_until - self._clock.monotonic()) > 0:
            await self._sleep(left_s)
        self._timer = None
        self._wake_one()

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
