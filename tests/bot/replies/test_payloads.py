from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.replies import payloads
from bot.replies.payloads import MAX_PAYLOAD_LENGTH, PayloadStore
from core.store import Store
from core.store.kv import KeyValueStore
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from tests.manual_clock import ManualClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Store]:
    database = await SqliteStore.open(tmp_path / "helix.db", CORE_MIGRATIONS, app_version="test")
    yield database
    await database.close()


@pytest.fixture
def key_values(database: Store) -> KeyValueStore:
    return KeyValueStore(database, ManualClock())


async def test_a_payload_is_found_again_by_its_key(key_values: KeyValueStore) -> None:
    store = PayloadStore(key_values, "scope")
    assert await store.find(await store.keep("x" * 500)) == "x" * 500


async def test_the_same_payload_has_the_same_key(key_values: KeyValueStore) -> None:
    store = PayloadStore(key_values, "scope")
    assert await store.keep("long") == await store.keep("long") != await store.keep("other")


async def test_a_key_of_another_application_is_not_found(key_values: KeyValueStore) -> None:
    key = await PayloadStore(key_values, "one").keep("long")
    assert await PayloadStore(key_values, "two").find(key) is None


async def test_the_oldest_payloads_leave_first(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "MAX_PAYLOADS", 2)
    clock = ManualClock()
    store = PayloadStore(KeyValueStore(database, clock), "scope")
    keys = []
    for text in ("first", "second", "third"):
        keys.append(await store.keep(text))
        clock.advance(1)
    assert [await store.find(key) for key in keys] == [None, "second", "third"]


async def test_a_payload_that_is_used_again_is_young_again(
    database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "MAX_PAYLOADS", 2)
    clock = ManualClock()
    store = PayloadStore(KeyValueStore(database, clock), "scope")
    for text in ("first", "second", "first", "third"):
        await store.keep(text)
        clock.advance(1)
    assert len(await KeyValueStore(database).items("scope#components")) == 2
    assert await store.find(await store.keep("first")) == "first"


async def test_a_payload_has_a_bound(key_values: KeyValueStore) -> None:
    store = PayloadStore(key_values, "scope")
    with pytest.raises(ValueError, match="at most 4000"):
        await store.keep("x" * (MAX_PAYLOAD_LENGTH + 1))
