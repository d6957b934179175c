"""The statements about events, deliveries and destinations give the same answers on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store.schema import CORE_MIGRATIONS
from core.store.tx import Tx
from core.webhooks.retries import SCHEDULE_S
from core.webhooks.schema import WEBHOOK_MIGRATIONS
from core.webhooks.table import (
    delivery_table,
    destination_table,
    handling_table,
    inbox_table,
    notice_table,
    outbox_table,
)
from core.webhooks.table.arrival_table import Arrival, insert
from core.webhooks.table.waits_table import shorten_waits
from tests.postgres_server import PostgresServer
from tests.twins import Twins, opened_twins

NOW_US = 1_800_000_000_000_000


@pytest.fixture
async def twins(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[Twins]:
    async with opened_twins(tmp_path, postgres, (*CORE_MIGRATIONS, *WEBHOOK_MIGRATIONS)) as opened:
        yield opened


def arrive(tx: Tx, *names: str) -> None:
    for name in names:
        insert(tx, [Arrival(name, "t", NOW_US, f"key {name}", None, b"\0d", b"\xff", ("b", "a"))])


def send(tx: Tx, *names: str, configured: tuple[str, ...] = ("zapier", "chat")) -> None:
    for name in names:
        seq = outbox_table.insert(tx, name, "ucf.changed", NOW_US, b"\xff")
        destination_table.enqueue(tx, seq, "ucf.changed", NOW_US, configured)


async def test_a_handling_goes_its_way(twins: Twins) -> None:
    await twins.both(lambda tx: arrive(tx, "e1", "e2", "e3"))
    assert await twins.both(handling_table.count_open) == 6
    assert await twins.both(lambda tx: handling_table.next_due_us(tx, "a")) == NOW_US
    assert await twins.both(lambda tx: handling_table.next_due_us(tx, "c")) is None
    assert await twins.both(lambda tx: handling_table.begin(tx, "a", NOW_US - 1)) is None
    begun = await twins.both(lambda tx: handling_table.begin(tx, "a", NOW_US))
    assert begun == (1, 1, NOW_US, "e1", "t", b"\xff", NOW_US)
    late = (NOW_US + 9, None, "a", "e1")
    assert await twins.both(lambda tx: handling_table.fail(tx, ("failed", "oh", *late)))
    assert not await twins.both(lambda tx: handling_table.fail(tx, ("failed", "oh", *late)))
    assert await twins.both(lambda tx: handling_table.begin(tx, "a", NOW_US)) is not None
    assert await twins.both(lambda tx: handling_table.take_back(tx, "a", NOW_US)) == 0
    await twins.both(lambda tx: handling_table.finish(tx, "e1", "b", "message 1", NOW_US))
    await twins.both(lambda tx: handling_table.mark_done(tx, 2, "b", NOW_US))
    results = await twins.both(lambda tx: handling_table.known_results(tx, "b", ("message 1", "message 2")))
    assert results == {"message 1"}
    assert await twins.both(handling_table.count_by_status) == {"accepted": 2, "done": 2, "failed": 2}
    found = await twins.both(lambda tx: inbox_table.find(tx, "e1"))
    assert found is not None
    assert [each.name for each in found.handlers] == ["a", "b"]


async def test_what_dies_is_replayed(twins: Twins) -> None:
    await twins.both(lambda tx: arrive(tx, "e1", "e2"))
    for name in ("a", "b"):
        for _ in SCHEDULE_S:
            await twins.both(lambda tx, name=name: handling_table.begin(tx, name, NOW_US))  # type: ignore[misc]  # the defaults bind
            died = await twins.both(lambda tx, name=name: handling_table.take_back(tx, name, NOW_US))  # type: ignore[misc]  # likewise
        assert died == 1
    page = await twins.both(lambda tx: inbox_table.page(tx, dead_only=True, before_seq=9, limit=5))
    assert [each.id for each in page] == ["e1"]
    assert await twins.both(lambda tx: handling_table.replay(tx, "e1", NOW_US)) == ("a", "b")
    page = await twins.both(lambda tx: inbox_table.page(tx, dead_only=False, before_seq=None, limit=5))
    assert [each.id for each in page] == ["e2", "e1"]


async def test_keys_are_freed_and_finished_events_pruned(twins: Twins) -> None:
    await twins.both(lambda tx: arrive(tx, "e1", "e2", "e3"))
    assert await twins.both(lambda tx: inbox_table.keyed(tx, "", "e3", 9)) == ("e1", "e2")
    await twins.both(lambda tx: inbox_table.free_keys(tx, ("e1",)))
    assert await twins.both(lambda tx: inbox_table.keyed(tx, "", "e9", 9)) == ("e2", "e3")
    for handler in ("a", "b"):
        await twins.both(lambda tx, handler=handler: handling_table.mark_done(tx, 2, handler, NOW_US))  # type: ignore[misc]  # likewise
    assert await twins.both(lambda tx: inbox_table.prune(tx, "e9", 9)) == 1
    assert await twins.both(lambda tx: inbox_table.find(tx, "e2")) is None


async def test_deliveries_wait_fail_die_and_come_back(twins: Twins) -> None:
    await twins.both(lambda tx: destination_table.add_hook(tx, "hook", "ucf.changed", "u", "s", now_us=1))
    await twins.both(lambda tx: send(tx, "m1", "m2"))
    assert await twins.both(delivery_table.count_open) == (6, 0)
    due = await twins.both(delivery_table.due_by_destination)
    assert due == [(name, NOW_US) for name in ("chat", "hook", "zapier")]
    rows = await twins.both(lambda tx: delivery_table.due(tx, "hook", NOW_US, 1))
    assert rows == [(3, 0, "m1", "ucf.changed", b"\xff")]
    assert not await twins.both(lambda tx: delivery_table.is_over(tx, 3))
    for status, error in ((503, None), (None, "cut")):
        await twins.both(
            lambda tx, status=status, error=error: delivery_table.add_attempt(  # type: ignore[misc]  # likewise
                tx, 3, NOW_US, 5, status=status, error=error
            )
        )
    await twins.both(
        lambda tx: delivery_table.settle(
            tx, 3, "dead", 2, next_us=NOW_US, finished_us=NOW_US, last_status=None, last_error="cut"
        )
    )
    assert await twins.both(lambda tx: delivery_table.is_over(tx, 3))
    assert await twins.both(lambda tx: delivery_table.event_of(tx, 3, "dead")) == (
        "m1",
        "ucf.changed",
        NOW_US,
    )
    assert await twins.both(lambda tx: delivery_table.event_of(tx, 3, "delivered")) is None
    found = await twins.both(lambda tx: delivery_table.find(tx, 3))
    assert found is not None
    assert [each.number for each in found[2]] == [2, 1]
    assert await twins.both(lambda tx: delivery_table.find(tx, 99)) is None
    assert await twins.both(lambda tx: delivery_table.dead_since(tx, NOW_US)) == (3,)
    assert await twins.both(delivery_table.count_by_status) == {"dead": 1, "waiting": 5}
    page = await twins.both(
        lambda tx: delivery_table.page(tx, status="waiting", event_id="m1", before_id=9, limit=5)
    )
    assert [each.id for each in page] == [2, 1]
    assert await twins.both(lambda tx: delivery_table.note_receipt(tx, "3", "read"))
    assert await twins.both(lambda tx: delivery_table.note_receipt(tx, "m1", "read"))
    assert not await twins.both(lambda tx: delivery_table.note_receipt(tx, "9" * 18, "read"))
    assert await twins.both(lambda tx: delivery_table.replay(tx, 3, NOW_US, ()))
    assert not await twins.both(lambda tx: delivery_table.replay(tx, 3, NOW_US, ("hook",)))


async def test_destinations_fail_and_are_disabled(twins: Twins) -> None:
    await twins.both(lambda tx: destination_table.add_hook(tx, "hook", "ucf.changed", "u", "s", now_us=1))
    for at_us in (5, 9):
        assert await twins.both(lambda tx, at=at_us: destination_table.failing_since(tx, "chat", at)) == 5  # type: ignore[misc]  # likewise
    for name in ("zapier", "chat", "hook"):
        await twins.both(lambda tx, name=name: destination_table.disable(tx, name, 7, "gone"))  # type: ignore[misc]  # likewise
    assert list(await twins.both(destination_table.disabled)) == ["chat", "hook", "zapier"]
    await twins.both(lambda tx: send(tx, "m1"))
    assert await twins.both(delivery_table.count_open) == (0, 0)
    assert await twins.both(destination_table.hooks) == [("hook", "ucf.changed", "u", 1, "gone")]
    assert await twins.both(lambda tx: destination_table.find_hook(tx, "hook")) == ("ucf.changed", "u", "s")
    assert await twins.both(lambda tx: destination_table.enable(tx, "zapier"))
    assert not await twins.both(lambda tx: destination_table.enable(tx, "zapier"))
    await twins.both(lambda tx: send(tx, "m2"))
    assert await twins.both(delivery_table.due_by_destination) == [("zapier", NOW_US)]
    assert await twins.both(lambda tx: destination_table.remove_hook(tx, "hook", NOW_US))
    assert not await twins.both(lambda tx: destination_table.remove_hook(tx, "hook", NOW_US))
    assert await twins.both(destination_table.count_hooks) == 0


async def test_the_admins_hear_once_of_what_is_dead(twins: Twins) -> None:
    await twins.both(lambda tx: send(tx, "m1", "m2"))
    assert not await twins.both(notice_table.has_unclaimed)
    assert await twins.both(lambda tx: notice_table.dead_letters(tx, 1, 9)) == ((0, 0, 0), [])
    assert await twins.both(lambda tx: delivery_table.end_waiting(tx, "chat", NOW_US, "oh")) == 2
    await twins.both(lambda tx: destination_table.disable(tx, "chat", 7, "gone"))
    assert await twins.both(notice_table.has_unclaimed)
    await twins.both(lambda tx: notice_table.claim(tx, 1))
    counted, rows = await twins.both(lambda tx: notice_table.dead_letters(tx, 1, 1))
    assert (counted, rows) == ((2, 2, 4), [(2, "ucf.changed", "chat", 0, "oh")])
    assert await twins.both(lambda tx: notice_table.disabled(tx, 1)) == {"chat": "gone"}


async def test_sent_events_are_found_and_pruned(twins: Twins) -> None:
    await twins.both(lambda tx: send(tx, "m1", "m2", configured=()))
    await twins.both(lambda tx: send(tx, "m3", configured=("zapier",)))
    assert await twins.both(lambda tx: outbox_table.newest(tx, "ucf.changed", 2)) == (b"\xff", b"\xff")
    assert await twins.both(lambda tx: outbox_table.prune(tx, "m9", 1)) == 1
    assert await twins.both(lambda tx: outbox_table.prune(tx, "m9", 9)) == 1
    assert await twins.both(delivery_table.count_open) == (1, 0)


async def test_waits_are_shortened_after_a_clock_ahead(twins: Twins) -> None:
    await twins.both(lambda tx: arrive(tx, "e1"))
    await twins.both(lambda tx: send(tx, "m1", "m2"))
    await twins.both(lambda tx: delivery_table.add_attempt(tx, 1, NOW_US, 5, status=503, error=None))
    await twins.both(
        lambda tx: delivery_table.settle(
            tx, 1, "waiting", 1, next_us=NOW_US + 77, finished_us=None, last_status=503, last_error=None
        )
    )
    await twins.both(lambda tx: destination_table.failing_since(tx, "chat", NOW_US))
    earlier = NOW_US - 10**12
    assert await twins.both(lambda tx: shorten_waits(tx, earlier)) == 6
    assert await twins.both(lambda tx: shorten_waits(tx, earlier)) == 0
    found = await twins.both(lambda tx: delivery_table.find(tx, 1))
    assert found is not None
    assert await twins.both(delivery_table.due_by_destination) == [("chat", earlier), ("zapier", earlier)]
    assert await twins.both(lambda tx: handling_table.next_due_us(tx, "a")) == earlier
