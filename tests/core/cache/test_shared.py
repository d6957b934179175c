"""What processes find of each other's values in a real Redis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from core.cache import Aged, _sealed
from core.cache.shared import SharedCache
from core.metrics import Registry
from tests.core.cache.conftest import OpenShared
from tests.manual_clock import ManualClock
from tests.redis_server import RedisServer

FIELD = (b"draw", b"a field")


@dataclass(frozen=True, slots=True)
class Forecast:
    at: datetime
    values: tuple[float, ...]


FORECAST = Forecast(datetime(2026, 1, 1, tzinfo=UTC), (0.5, 1.0))


class Drawn:
    """Counts how often something is drawn."""

    def __init__(self, value: bytes = b"a picture") -> None:
        self.value = value
        self.times = 0

    async def __call__(self) -> bytes:
        self.times += 1
        return self.value


class Version:
    """What a result depends on, and the computation of one."""

    def __init__(self) -> None:
        self.now = b"1"
        self.times = 0

    def __call__(self) -> bytes:
        return self.now

    async def compute(self) -> Forecast:
        self.times += 1
        return FORECAST


@pytest.fixture
async def first(server: RedisServer, open_shared: OpenShared, metrics: Registry) -> SharedCache:
    shared = open_shared(server.url, metrics)
    await shared.look()
    return shared


@pytest.fixture
async def second(server: RedisServer, open_shared: OpenShared) -> SharedCache:
    shared = open_shared(server.url)
    await shared.look()
    return shared


def counted(metrics: Registry, name: str = "requests") -> dict[tuple[str, ...], float]:
    return {
        sample.labels: sample.value
        for family in metrics.collect()
        if family.name == f"helix_shared_cache_{name}_total"
        for sample in family.samples
    }


async def test_what_one_process_drew_another_finds(
    first: SharedCache, second: SharedCache, metrics: Registry
) -> None:
    draw = Drawn(b"\x00\xff" * 700_000)
    assert await first.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert await second.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert await first.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert draw.times == 1
    assert counted(metrics) == {("picture", "miss"): 1, ("picture", "hit"): 1}
    assert counted(metrics, "stores") == {("picture", "stored"): 1}


async def test_other_input_or_another_kind_is_another_value(first: SharedCache) -> None:
    draw = Drawn()
    await first.fetch("picture", (b"draw", b"a field"), draw, ttl_s=60)
    await first.fetch("picture", (b"drawa", b" field"), draw, ttl_s=60)
    await first.fetch("result", (b"draw", b"a field"), draw, ttl_s=60)
    assert draw.times == 3


async def test_a_value_of_another_version_is_not_found(
    first: SharedCache, second: SharedCache, monkeypatch: pytest.MonkeyPatch, server: RedisServer
) -> None:
    draw = Drawn()
    await first.fetch("picture", FIELD, draw, ttl_s=60)
    monkeypatch.setattr(_sealed, "VERSION", "9.9.9")
    await second.fetch("picture", FIELD, draw, ttl_s=60)
    assert draw.times == 2
    assert {key.split(b":")[1] for key in server.stored()} >= {b"9.9.9"}


async def test_values_leave_after_their_time(first: SharedCache, server: RedisServer) -> None:
    await first.fetch("picture", FIELD, Drawn(), ttl_s=60)
    with server.client() as client:
        (left,) = [client.pttl(key) for key in server.stored()]
    assert isinstance(left, int)
    assert 0 < left <= 60_000


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 100])
async def test_a_damaged_value_is_a_miss_and_is_replaced(
    first: SharedCache, server: RedisServer, metrics: Registry, damage: bytes
) -> None:
    draw = Drawn()
    await first.fetch("picture", FIELD, draw, ttl_s=60)
    (key,) = server.stored()
    with server.client() as client:
        client.set(key, damage)
    assert await first.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert await first.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert draw.times == 2
    assert counted(metrics)["picture", "damaged"] == 1


async def test_a_value_of_another_key_is_a_miss(first: SharedCache, server: RedisServer) -> None:
    draw, other = Drawn(), Drawn(b"another picture")
    await first.fetch("picture", FIELD, draw, ttl_s=60)
    (key,) = server.stored()
    await first.fetch("picture", (b"draw", b"another"), other, ttl_s=60)
    with server.client() as client:
        (elsewhere,) = [one for one in server.stored() if one != key]
        client.copy(elsewhere.decode(), key.decode(), replace=True)
    assert await first.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert draw.times == 2


async def test_a_value_that_is_too_large_is_not_stored(
    server: RedisServer, open_shared: OpenShared, metrics: Registry
) -> None:
    shared = open_shared(server.url, metrics, largest_bytes=8)
    await shared.look()
    draw = Drawn(b"123456789")
    assert await shared.fetch("picture", FIELD, draw, ttl_s=60) == draw.value
    assert server.stored() == []
    assert counted(metrics, "stores") == {("picture", "oversized"): 1}


async def test_an_error_of_the_computation_is_the_callers(first: SharedCache, server: RedisServer) -> None:
    async def fail() -> bytes:
        raise ValueError("cannot draw")

    with pytest.raises(ValueError, match="cannot draw"):
        await first.fetch("picture", FIELD, fail, ttl_s=60)
    assert server.stored() == []


async def test_a_result_is_found_with_its_type_and_its_age(first: SharedCache, second: SharedCache) -> None:
    version = Version()
    mine = await first.fetch_record(Forecast, version, version.compute, ttl_s=60)
    assert mine == Aged(FORECAST, 0.0)
    found = await second.fetch_record(Forecast, version, version.compute, ttl_s=60)
    assert found.value == FORECAST
    assert 0 <= found.age_s < 60
    assert version.times == 1


async def test_a_result_of_another_version_of_the_state_is_not_found(first: SharedCache) -> None:
    version = Version()
    await first.fetch_record(Forecast, version, version.compute, ttl_s=60)
    version.now = b"2"
    await first.fetch_record(Forecast, version, version.compute, ttl_s=60)
    assert version.times == 2


async def test_a_result_whose_source_changed_meanwhile_is_not_stored(
    first: SharedCache, server: RedisServer
) -> None:
    version = Version()

    async def compute() -> Forecast:
        version.now = b"2"
        return FORECAST

    assert (await first.fetch_record(Forecast, version, compute, ttl_s=60)).value == FORECAST
    assert server.stored() == []


async def test_a_result_is_kept_from_the_start_of_its_computation(
    first: SharedCache, server: RedisServer, clock: ManualClock
) -> None:
    version = Version()

    async def compute() -> Forecast:
        clock.advance(61)
        return FORECAST

    assert await first.fetch_record(Forecast, version, compute, ttl_s=60) == Aged(FORECAST, 61.0)
    assert server.stored() == []


async def test_a_result_that_cannot_be_encoded_is_given_and_not_stored(
    first: SharedCache, server: RedisServer, metrics: Registry
) -> None:
    async def compute() -> str:
        return "half a pair: \ud800"

    assert (await first.fetch_record(str, Version(), compute, ttl_s=60)).value == await compute()
    assert server.stored() == []
    assert counted(metrics, "stores") == {("result", "error"): 1}


async def test_a_result_of_another_shape_is_a_miss(
    first: SharedCache, server: RedisServer, metrics: Registry
) -> None:
    version = Version()
    await first.fetch_record(Forecast, version, version.compute, ttl_s=60)
    (key,) = server.stored()
    with server.client() as client:
        client.set(key, _sealed.seal(key.decode(), b"\xc0"))
    assert (await first.fetch_record(Forecast, version, version.compute, ttl_s=60)).value == FORECAST
    assert version.times == 2
    assert counted(metrics)["result", "damaged"] == 1
