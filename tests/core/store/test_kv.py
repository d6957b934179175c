"""Small things remembered across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store import Database
from core.store.kv import KeyValue
from core.store.schema import CORE_MIGRATIONS
from tests.manual_clock import ManualClock

HERE = "https://discord.com/api/v10#1"
ELSEWHERE = "http://127.0.0.1:8090/api/v10#1"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "helix.db", CORE_MIGRATIONS, app_version="0.1.0")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def remembered(database: Database, clock: ManualClock) -> KeyValue:
    return KeyValue(database, clock)


async def test_a_value_is_given_back(remembered: KeyValue) -> None:
    await remembered.set(HERE, "slash-hash", "abc")
    assert await remembered.get(HERE, "slash-hash") == "abc"


async def test_what_was_never_set_is_none(remembered: KeyValue) -> None:
    assert await remembered.get(HERE, "slash-hash") is None


async def test_a_new_value_takes_the_place_of_the_old(remembered: KeyValue) -> None:
    await remembered.set(HERE, "slash-hash", "abc")
    await remembered.set(HERE, "slash-hash", "def")
    assert await remembered.items(HERE) == {"slash-hash": "def"}


async def test_scopes_do_not_see_each_other(remembered: KeyValue) -> None:
    await remembered.set(HERE, "channel", "1")
    await remembered.set(ELSEWHERE, "channel", "2")
    assert await remembered.items(HERE) == {"channel": "1"}
    assert await remembered.items(ELSEWHERE) == {"channel": "2"}


async def test_deleting_says_whether_there_was_something(remembered: KeyValue) -> None:
    await remembered.set(HERE, "channel", "1")
    assert await remembered.delete(HERE, "channel")
    assert not await remembered.delete(HERE, "channel")
    assert await remembered.get(HERE, "channel") is None


async def test_it_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "again.db"
    first = await Database.open(path, CORE_MIGRATIONS, app_version="0.1.0")
    await KeyValue(first).set(HERE, "channel", "1")
    await first.close()
    second = await Database.open(path, CORE_MIGRATIONS, app_version="0.1.0")
    assert await KeyValue(second).get(HERE, "channel") == "1"
    await second.close()


async def test_changes_at_the_same_moment_build_on_each_other(remembered: KeyValue) -> None:
    def more(value: str | None) -> str:
        return str(int(value or 0) + 1)

    await asyncio.gather(*(remembered.change(HERE, "count", more) for _ in range(50)))
    assert await remembered.get(HERE, "count") == "50"


async def test_only_the_newest_keys_are_kept_where_a_bound_is_given(
    remembered: KeyValue, clock: ManualClock
) -> None:
    await remembered.set(ELSEWHERE, "other", "x")
    for number in range(5):
        clock.advance(1)
        await remembered.change(HERE, f"place-{number}", lambda _: "said", keep=3)
    assert sorted(await remembered.items(HERE)) == ["place-2", "place-3", "place-4"]
    assert await remembered.items(ELSEWHERE) == {"other": "x"}


async def test_what_a_clock_ahead_has_left_makes_room_for_what_came_later(
    remembered: KeyValue, clock: ManualClock
) -> None:
    clock.set(7200)
    for key in ("a", "b"):
        await remembered.change(HERE, key, lambda _: "ahead", keep=2)
    clock.set(-7200)
    for key in ("c", "d"):
        clock.advance(1)
        await remembered.change(HERE, key, lambda _: "right", keep=2)
    assert await remembered.items(HERE) == {"c": "right", "d": "right"}


async def test_scopes_are_forgotten_by_how_they_begin(remembered: KeyValue) -> None:
    for scope in ("sandbox#1", "sandbox#1#components", "sand", HERE):
        await remembered.set(scope, "key", "value")
    assert await remembered.forget_scopes("sandbox#") == 2
    assert await remembered.items("sandbox#1") == {}
    assert await remembered.items("sand") == {"key": "value"}
    assert await remembered.items(HERE) == {"key": "value"}
