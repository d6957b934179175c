"""Leases: of all processes of one store, one does a duty; its writes are fenced by the store."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType
from typing import Final, Protocol

import msgspec

# What only one process does at a time: all that is not spread by handler or destination.
LEADER: Final = "leader"
# A destination's deliveries belong to one of so many shards.
OUTBOX_SHARDS: Final = 8

_current: ContextVar[Lease | None] = ContextVar("lease", default=None)
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


class Lease(msgspec.Struct, eq=False):
    """The right to do a duty for a while.

    Attributes:
        name: of the duty, such as "leader".
        token: grows each time the lease is taken; the store refuses writes with an older one.
        deadline: until when it may be used, on this process's monotonic clock; each renewal moves it on.
    """

    name: str
    token: int
    deadline: float = math.inf


class Leases(Protocol):
    """The leases of a store."""

    def hold(self, name: str) -> AbstractAsyncContextManager[Lease, bool | None]:
        """A block that runs only while this process holds the lease; entering it waits for that.

        Several blocks of one process share a lease. Within the block, and in tasks begun there, every write
        carries the lease, so that the store can refuse it (`current_lease`). When the lease is lost, the
        block is cancelled and then left without an error; leaving it gives the lease back.
        """
        ...

    def elsewhere(self) -> Mapping[str, str]:
        """The leases that this process waits for, with the node that holds each, as last seen."""
        ...


def current_lease() -> Lease | None:
    """The lease under which the present task runs; None outside of `Leases.hold`."""
    return _current.get()


def outbox_lease(shard: int) -> str:
    """The name of the lease for a shard of the outbox."""
    return f"outbox:{shard}"


class Holding:
    """A block under a lease that was granted; the engine ends it with `lose`."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._task: asyncio.Task[object] | None = None
        self._cancelled_before = 0
        self._lost = False
        self._outer: Token[Lease | None]

    def lose(self) -> None:
        """Cancels the block, on the event loop; may be called twice."""
        if self._task is not None and not self._lost:
            self._lost = True
            self._task.cancel()

    async def __aenter__(self) -> Lease:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a lease is held by a task")
        self._task, self._cancelled_before = task, task.cancelling()
        self._outer = _current.set(self.lease)
        return self.lease

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        _current.reset(self._outer)
        task, self._task = self._task, None
        if task is None or not self._lost:
            return None
        # As in asyncio.Timeout: somebody else's cancellation goes on.
        only_lost = task.uncancel() <= self._cancelled_before
        return only_lost and isinstance(error, asyncio.CancelledError)


class LocalLeases:
    """The leases of a store with one process: each is granted at once and never lost."""

    def __init__(self) -> None:
        self._tokens: Counter[str] = Counter()

    def hold(self, name: str) -> AbstractAsyncContextManager[Lease, bool | None]:
        """See `Leases.hold`."""
        self._tokens[name] += 1
        return Holding(Lease(name, self._tokens[name]))

    def elsewhere(self) -> Mapping[str, str]:
        """See `Leases.elsewhere`: there is no other process."""
        return _NOBODY
