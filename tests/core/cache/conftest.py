"""A real Redis server for the tests of the shared cache."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from core.cache.shared import SharedCache
from core.logs.secret import Secret
from core.metrics import Registry
from tests.manual_clock import ManualClock
from tests.redis_server import RedisServer, redis_server

OpenShared = Callable[..., SharedCache]
# A busy machine may take its time; how long a call may take is tested by servers that never answer.
PATIENT = {"picture": 30.0, "result": 30.0}


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def metrics() -> Registry:
    return Registry()


@pytest.fixture
async def open_shared(clock: ManualClock) -> AsyncIterator[OpenShared]:
    """Opens shared caches that wait for long, unless told otherwise."""
    opened: list[SharedCache] = []

    def open_one(url: Secret, metrics: Registry | None = None, **options: Any) -> SharedCache:
        shared = SharedCache(url, clock, metrics or Registry(), **{"within_s": PATIENT, **options})
        opened.append(shared)
        return shared

    yield open_one
    for shared in opened:
        await shared.close()
