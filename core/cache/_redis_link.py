"""Calls to Redis, each bounded in time, few at once, and none for a while after an error.

A call that takes too long goes on without its caller, within the time limits of its connection: so a slow
connection is ready for the next call, and no answer is left unread in one.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol, TypeVar, cast

from core.breakers.breaker import Breaker
from core.breakers.policies import SHARED_CACHE_POLICY
from core.cache._redis_faults import TOO_SLOW, Trouble, trouble_of
from core.clock import Clock
from core.logs.secret import Secret

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_CALLS: Final = 8
# How long a connection may take to open, and how long it may stay silent during a call.
_CONNECT_S: Final = 5.0
_SILENT_S: Final = 2.0
_CLOSE_S: Final = 1.0


class Pipeline(Protocol):
    """Commands that are sent together."""

    def get(self, name: str) -> Pipeline:
        """Adds GET."""

    def pttl(self, name: str) -> Pipeline:
        """Adds PTTL."""

    async def execute(self) -> tuple[bytes | None, int]:
        """The answers."""


class Redis(Protocol):
    """The part of redis-py's client that is used; its own types do not tell a pipeline from a command."""

    def pipeline(self, *, transaction: bool) -> Pipeline:
        """An empty pipeline."""

    async def ping(self) -> object:
        """PING."""

    async def set(self, name: str, value: bytes, *, px: int) -> object:
        """SET, for `px` milliseconds."""

    async def aclose(self) -> None:
        """Closes the connections."""


class Unanswered(Exception):
    """There is no answer; `asked` says whether the server was asked."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__("no answer from Redis" if asked else "Redis was not asked")
        self.asked = asked


class RedisLink:
    """The connections to one server."""

    def __init__(self, url: Secret, clock: Clock) -> None:
        self._url = url
        self._client: Redis | None = None
        self._closed = False
        self._breaker = Breaker("shared-cache", clock, SHARED_CACHE_POLICY)
        self._running: set[asyncio.Task[object]] = set()
        self._monotonic = clock.monotonic
        self._trouble: Trouble | None = None
        self._trouble_since = 0.0

    @property
    def trouble(self) -> Trouble | None:
        """Why there is no answer, if people should know."""
        trouble = self._trouble
        if trouble is None or self._monotonic() - self._trouble_since < trouble.told_after_s:
            return None
        return trouble

    async def open(self) -> None:
        """Loads the library at the first call; before that, nobody is asked."""
        if self._client is None:
            # In a thread, since it takes about a tenth of a second.
            await asyncio.to_thread(importlib.import_module, "redis.asyncio")
            if not self._closed:
                self._client = _build_client(self._url)

    async def call(self, work: Callable[[Redis], Awaitable[T]], *, within_s: float) -> T:
        """The result of `work`.

        Raises:
            Unanswered: there is none within the time, the server has trouble, or too much is asked at once.
        """
        client = self._client
        if client is None or self._closed or len(self._running) >= MOST_CALLS:
            raise Unanswered(asked=False)
        permit = self._breaker.try_acquire()
        if permit is None:
            raise Unanswered(asked=False)
        task = asyncio.create_task(_run(work, client), name="shared-cache")
        self._running.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait((task,), timeout=within_s)
            if task.cancelled():
                # By `close`, which says nothing about the server.
                raise Unanswered(asked=False)
            if not task.done():
                trouble = TOO_SLOW
            elif (error := task.exception()) is not None:
                trouble = trouble_of(error)
            else:
                permit.succeeded()
                self._note(None)
                return task.result()
            permit.failed()
            self._note(trouble)
            raise Unanswered(asked=True)
        finally:
            # Without effect after an outcome: the caller was cancelled.
            permit.released()

    async def close(self) -> None:
        """Ends calls and connections; nobody is asked afterwards."""
        self._closed = True
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        client, self._client = self._client, None
        if client is not None:
            # A connection with TLS waits for the server's goodbye.
            with suppress(TimeoutError, OSError):
                await asyncio.wait_for(client.aclose(), _CLOSE_S)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Marks the exception as retrieved: the caller may have left.
            task.exception()

    def _note(self, trouble: Trouble | None) -> None:
        if trouble == self._trouble:
            return
        if trouble is None:
            logger.info("shared_cache.answers_again")
        else:
            logger.warning("shared_cache.unanswered trouble=%s", trouble.name)
        self._trouble, self._trouble_since = trouble, self._monotonic()


async def _run(work: Callable[[Redis], Awaitable[T]], client: Redis) -> T:
    return await work(client)


def _build_client(url: Secret) -> Redis:
    from redis import asyncio as client
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    # RESP2 without CLIENT SETINFO needs the fewest round trips to connect. The pause replaces retries.
    made = client.Redis.from_url(
        url.reveal(),
        protocol=2,
        driver_info=None,
        max_connections=MOST_CALLS,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=_SILENT_S,
        retry=Retry(NoBackoff(), 0),
    )
    return cast("Redis", made)
