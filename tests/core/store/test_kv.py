"""Small things remembered across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.store import Store
from core.store.kv import KeyValueStore
from core.store.schema import CORE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.stores import Stores

HERE = "https://discord.com/api/v10#1"
ELSEWHERE = "http://127.0.0.1:8090/api/v10#1"


@pytest.fixture
async def database(stores: Stores) -> AsyncIterator[Store]:
    async with stores.opened(CORE_MIGRATIONS) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def key_values(database: Store, clock: ManualClock) -> KeyValueStore:
    return KeyValueStore(database, clock)


async def test_a_value_is_given_back(key_values: KeyValueStore) -> None:
    await key_values.set(HERE, "slash-hash", "abc")
    assert await key_values.get(HERE, "slash-hash") == "abc"


async def test_what_was_never_set_is_none(key_values: KeyValueStore) -> None:
    assert await key_values.get(HERE, "slash-hash") is None


async def test_a_new_value_takes_the_place_of_the_old(key_values: KeyValueStore) -> None:
    await key_values.set(HERE, "slash-hash", "abc")
    await key_values.set(HERE, "slash-hash", "def")
    assert await key_values.items(HERE) == {"slash-hash": "def"}


async def test_scopes_do_not_see_each_other(key_values: KeyValueStore) -> None:
    await key_values.set(HERE, "channel", "1")
    await key_values.set(ELSEWHERE, "channel", "2")
    assert await key_values.items(HERE) == {"channel": "1"}
    assert await key_values.items(ELSEWHERE) == {"channel": "2"}


async def test_deleting_says_whether_there_was_something(key_values: KeyValueStore) -> None:
    await key_values.set(HERE, "channel", "1")
    assert await key_values.delete(HERE, "channel")
    assert not await key_values.delete(HERE, "channel")
    assert await key_values.get(HERE, "channel") is None


async def test_it_survives_a_restart(stores: Stores) -> None:
    async with stores.opened(CORE_MIGRATIONS) as first:
        await KeyValueStore(first).set(HERE, "channel", "1")
    async with stores.opened(CORE_MIGRATIONS) as second:
        assert await KeyValueStore(second).get(HERE, "channel") == "1"


async def test_changes_at_the_same_moment_build_on_each_other(key_values: KeyValueStore) -> None:
    def more(value: str | None) -> str:
        return str(int(value or 0) + 1)

    await asyncio.gather(*(key_values.change(HERE, "count", more) for _ in range(50)))
    assert await key_values.get(HERE, "count") == "50"


async def test_only_the_newest_keys_are_kept_where_a_bound_is_given(
    key_values: KeyValueStore, clock: ManualClock
) -> None:
    await key_values.set(ELSEWHERE, "other", "x")
    for number in range(5):
        clock.advance(1)
        await key_values.change(HERE, f"place-{number}", lambda _: "said", keep=3)
    assert sorted(await key_values.items(HERE)) == ["place-2", "place-3", "place-4"]
    assert await key_values.items(ELSEWHERE) == {"other": "x"}


async def test_what_a_clock_ahead_has_left_makes_room_for_what_came_later(
    key_values: KeyValueStore, clock: ManualClock
) -> None:
    clock.set(7200)
    for key in ("a", "b"):
        await key_values.change(HERE, key, lambda _: "ahead", keep=2)
    clock.set(-7200)
    for key in ("c", "d"):
        clock.advance(1)
        await key_values.change(HERE, key, lambda _: "right", keep=2)
    assert await key_values.items(HERE) == {"c": "right", "d": "right"}


async def test_scopes_are_forgotten_by_how_they_begin(key_values: KeyValueStore) -> None:
    for scope in ("sandbox#1", "sandbox#1#components", "sand", HERE):
        await key_values.set(scope, "key", "value")
    assert await key_values.forget_scopes("sandbox#") == 2
    assert await key_values.items("sandbox#1") == {}
    assert await key_values.items("sand") == {"key": "value"}
    assert await key_values.items(HERE) == {"key": "value"}
