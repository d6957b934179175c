"""What the outbox keeps, counts, shows and forgets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.store import Store
from core.webhooks.outbox import PayloadTooLarge
from core.webhooks.sending import Message
from core.webhooks.table.delivery_table import note_receipt
from tests.core.webhooks.delivery_stage import Stage, settings
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock


async def test_a_receipt_closes_the_loop_by_the_events_id_or_the_deliverys_number(stage: Stage) -> None:
    event = await stage.emit()
    assert await stage.store.write(lambda connection: note_receipt(connection, event, "posted"))
    assert (await stage.one()).receipt == "posted"
    assert await stage.store.write(lambda connection: note_receipt(connection, "1", "read"))
    assert (await stage.one()).receipt == "read"
    assert not await stage.store.write(lambda connection: note_receipt(connection, "msg_nothing", "x"))


async def test_samples_are_the_newest_events_of_a_type(stage: Stage) -> None:
    for number in range(5):
        await stage.emit(data={"n": number})
    samples = [json.loads(sample)["data"]["n"] for sample in await stage.outbox.samples("ucf.changed")]
    assert samples == [4, 3, 2]
    assert await stage.outbox.samples("alert.raised") == ()


async def test_what_is_too_large_is_refused_with_the_change_that_caused_it(stage: Stage) -> None:
    with pytest.raises(PayloadTooLarge, match="20000"):
        await stage.emit(data={"x": "y" * 20_000})
    assert await stage.outbox.page() == ()
    await stage.store.write(lambda c: stage.outbox.enqueue(c, stage.clock.now(), "k", b"x" * 20_000))
    assert len(await stage.outbox.page()) == 1


async def test_what_is_over_is_forgotten_after_a_month(stage: Stage) -> None:
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    await stage.emit()
    stage.clock.advance(31 * 86_400)
    assert await stage.outbox.prune() == 1
    assert await stage.outbox.counts() == {"waiting": 1}


async def test_ten_thousand_waiting_deliveries_are_counted_and_begun_at_once(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, settings(receiver))

    def many(connection: Any) -> None:
        for _ in range(10_000):
            stage.outbox.enqueue(connection, clock.now(), "ucf.changed", b"{}")

    await store.write(many)
    assert await stage.outbox.refresh() == 10_000
    async with stage.running():
        await receiver.until(8)
    assert len(stage.deliverer._lanes) <= 1


def test_a_message_says_nothing_of_its_address() -> None:
    message = Message(id="msg_1", type="x", payload=b"{}")
    assert "http" not in repr(message)
