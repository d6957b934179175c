"""Deliveries are sent by the process that holds the shard of their destination."""

from __future__ import annotations

import asyncio

import pytest

from core.settings import Settings
from core.store import Store
from core.store.leases import OUTBOX_SHARDS, Lease, current_lease, outbox_lease
from core.webhooks.destinations import Destination
from core.webhooks.outcome import Settled
from core.webhooks.shards import Shards, shard_of
from tests.core.store.hand_leases import HandLeases
from tests.core.webhooks.delivery_stage import Stage, settings
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock


class LeasedStage(Stage):
    """A stage whose shards are granted by hand; notes the lease under which each attempt was recorded."""

    def __init__(self, store: Store, clock: ManualClock, settings: Settings) -> None:
        super().__init__(store, clock, settings)
        self.leases = HandLeases()
        self.carried: list[Lease | None] = []
        deliverer = self.deliverer
        deliverer._shards = Shards(self.leases, taken=deliverer._wake.set, leave=deliverer._end_lanes)

    def _note(self, destination: Destination, settled: Settled) -> None:
        self.carried.append(current_lease())
        super()._note(destination, settled)


@pytest.fixture
def leased(store: Store, clock: ManualClock, receiver: Receiver) -> LeasedStage:
    return LeasedStage(store, clock, settings(receiver))


async def test_nothing_is_sent_until_the_shard_is_granted(leased: LeasedStage, receiver: Receiver) -> None:
    (name,) = leased.destinations.names
    lease = outbox_lease(shard_of(name))
    async with leased.running():
        await leased.emit()
        for shard in range(OUTBOX_SHARDS):
            if shard != shard_of(name):
                leased.leases.grant(outbox_lease(shard))
        while len(leased.leases.elsewhere()) != 1:
            await asyncio.sleep(0)
        assert leased.leases.elsewhere() == {lease: "node-b"}
        await leased.store.read(lambda _tx: None)
        assert (receiver.got, leased.settled) == ([], [])
        leased.leases.grant(lease)
        await leased.until(1)
    assert [one.name for one in leased.carried if one is not None] == [lease]


async def test_a_lost_shard_ends_its_lane_and_is_taken_up_again(
    leased: LeasedStage, receiver: Receiver
) -> None:
    (name,) = leased.destinations.names
    lease = outbox_lease(shard_of(name))
    leased.leases.grant(lease)
    async with leased.running():
        await leased.emit()
        await leased.until(1)
        leased.leases.lose(lease)
        while lease not in leased.leases.elsewhere():
            await asyncio.sleep(0)
        assert not leased.deliverer._lanes
        await leased.emit()
        leased.leases.grant(lease)
        await leased.until(2)
    assert [one.token for one in leased.carried if one is not None] == [1, 2]
    assert len(receiver.got) == 2


def test_every_process_spreads_destinations_alike() -> None:
    assert [shard_of(name) for name in ("hook_1", "hook_2", "zapier")] == [5, 7, 0]
    assert len({shard_of(f"hook_{number}") for number in range(200)}) == OUTBOX_SHARDS
