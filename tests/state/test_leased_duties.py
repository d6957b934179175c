"""A process without a lease leaves its duties to the one that has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store.leases import OUTBOX_SHARDS, outbox_lease
from state.collective import Collective
from tests.core.store.hand_leases import HandLeases
from tests.manual_clock import ManualClock
from tests.state.two_processes import another

_LEADS = {
    "backups", "directives", "forecasts", "probes", "projection", "retention", "schedules", "services-file",
    "slo", "state-watching", "status",
}  # fmt: skip


@pytest.fixture
async def collective(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    async with another(tmp_path, clock) as collective:
        yield collective


async def test_what_another_process_does_stands_by_here(collective: Collective) -> None:
    leases, supervisor = HandLeases(), collective.kernel.supervisor
    supervisor.lease_from(leases)
    supervisor.start()
    # Each loop begins in a task of its own.
    for _ in range(3):
        await asyncio.sleep(0)
    standing_by = {loop.name for loop in supervisor.loops() if loop.state == "standing by"}
    lanes = {f"inbox:{name}" for name in collective.webhooks.router.handlers}
    assert lanes
    assert standing_by == _LEADS | lanes
    reading = supervisor.probe()
    assert reading.status == "pass"
    assert reading.reason.startswith("node-b holds inbox:")
    assert "leader" in reading.reason


async def test_alone_nothing_stands_by(collective: Collective) -> None:
    supervisor = collective.kernel.supervisor
    supervisor.start()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not [loop.name for loop in supervisor.loops() if loop.state == "standing by"]
    assert supervisor.probe().reason == ""
    held = collective.webhooks.deliverer._shards._held
    assert [outbox_lease(shard) for shard in sorted(held)] == [f"outbox:{n}" for n in range(OUTBOX_SHARDS)]
