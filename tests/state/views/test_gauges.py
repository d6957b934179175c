"""What Prometheus is shown of the collective."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.metrics import Gauge
from core.runtime.kernel import Kernel
from core.store import Store
from state.change import SYSTEM, Actor
from state.collective import Collective
from state.directives.policy import Rank
from state.opening import open_collective


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    yield collective
    await collective.close()


def gauge(collective: Collective, name: str) -> Gauge:
    found = collective.kernel.metrics.get(name)
    assert isinstance(found, Gauge)
    return found


async def test_ready_follows_the_checks_that_are_needed(collective: Collective) -> None:
    ready = gauge(collective, "helix_ready")
    assert ready.value() == 0
    collective.kernel.health.report("gateway", "pass", required=True)
    assert ready.value() == 1
    collective.kernel.health.report("gateway", "fail", "gone", required=True)
    assert ready.value() == 0


async def test_every_check_has_its_status(collective: Collective) -> None:
    status = gauge(collective, "helix_check_status")
    assert status.value("store") == 0
    collective.kernel.health.report("disk", "warn", "nearly full")
    assert status.value("disk") == 1
    collective.kernel.health.report("disk", "fail", "full")
    assert status.value("disk") == 2


async def test_each_queue_has_its_depth(collective: Collective) -> None:
    depth = gauge(collective, "helix_queue_depth")
    assert dict(depth.items()) == {("inbox",): 0, ("outbox",): 0, ("directives",): 0, ("store",): 0}
    await collective.directives.submit("archive one", actor=Actor("command", "Ada", 7), rank=Rank.owner)
    assert depth.value("directives") == 1


async def test_open_alerts_are_counted_by_severity(collective: Collective) -> None:
    alerts = gauge(collective, "helix_alerts_open")
    assert alerts.items() == ()
    for key in ("a", "b"):
        await collective.alerts.raise_(key, "warning", "slow")
    assert alerts.items() == ((("warning",), 2),)
    await collective.alerts.clear("a")
    assert alerts.value("warning") == 1


async def test_there_is_no_backup_until_there_is_one(collective: Collective) -> None:
    backup = gauge(collective, "helix_backup_last_good_timestamp_seconds")
    assert backup.items() == ()
    record = await collective.backups.create(SYSTEM)
    assert record.finished_at is not None
    assert backup.value() == record.finished_at.timestamp()


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_sizes_are_those_of_the_files(collective: Collective) -> None:
    size = gauge(collective, "helix_store_size_bytes")
    assert size.value("database") == collective.kernel.settings.database_path.stat().st_size
    assert size.value("log") is not None
    free = gauge(collective, "helix_disk_free_bytes").value()
    assert free is not None
    assert free > 0
