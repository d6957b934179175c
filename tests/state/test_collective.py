"""Everything together, as `main` opens it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.checks import refresh_disk
from core.store.errors import StoreClosed, StoreGone
from core.store.sqlite import SqliteStore
from state.change import Actor, Change, JournalRow
from state.collective import Collective
from state.models import DEFAULT_UCF
from state.opening import open_collective
from tests.hearing import Hearing
from tests.manual_clock import ManualClock

pytestmark = pytest.mark.unmeasured


@pytest.fixture
async def collective(kernel: Kernel, database: Store) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    yield collective
    await kernel.supervisor.stop(5)
    await collective.close()


async def tune(collective: Collective, **values: float) -> None:
    await collective.manager.change(
        lambda old: Change(
            ucf=msgspec.structs.replace(old.ucf, **values),
            journal=tuple(JournalRow(kind="ucf", subject=name, cause="command") for name in values),
            source="tune",
        )
    )


async def until_version(collective: Collective, version: int) -> None:
    """Waits until the state has that version."""
    reached = asyncio.Event()

    def look(*_: object) -> None:
        if collective.manager.snapshot.version >= version:
            reached.set()

    unsubscribe = collective.manager.subscribe(look)
    look()
    await asyncio.wait_for(reached.wait(), 40)
    unsubscribe()


def full_disk(free: int) -> object:
    class Usage:
        total, used = 1000 * 2**20, 0

    Usage.free = free  # type: ignore[attr-defined] # what shutil.disk_usage gives
    return Usage


async def test_the_checks_are_there_from_the_start(collective: Collective, kernel: Kernel) -> None:
    del collective
    statuses = {check.name: check.status for check in kernel.health.checks()}
    for name in ("store", "state", "journal", "recovery", "disk", "external-services"):
        assert statuses[name] == "pass", name
    store, state = kernel.health.get("store"), kernel.health.get("state")
    assert store is not None
    assert state is not None
    assert store.required
    assert state.required


async def test_a_first_start_says_so_and_phoenix_is_active(kernel: Kernel, database: Store) -> None:
    # The tables of PostgreSQL may stand from an earlier test.
    database.recovery = replace(database.recovery, first_start=True)
    collective = await open_collective(kernel, database)
    check = kernel.health.get("recovery")
    assert check is not None
    assert check.reason == "a first start"
    phoenix = next(agent for agent in collective.monitor.agents() if agent.name == "Phoenix")
    assert phoenix.status == "active"
    await collective.close()


async def test_an_unclean_stop_and_edits_made_meanwhile_are_reported(
    kernel: Kernel, database: Store, tmp_path: Path
) -> None:
    database.recovery = replace(database.recovery, first_start=False, unclean=True, unclean_stops=3)
    values = {**DEFAULT_UCF.as_dict(), "zoom": 1.2}
    (tmp_path / "ucf_state.json").write_text(json.dumps(values))
    collective = await open_collective(kernel, database)
    check = kernel.health.get("recovery")
    assert check is not None
    assert (check.status, check.counters["unclean_stops"], check.counters["file_edits_taken"]) == (
        "pass",
        3,
        1,
    )
    assert "not clean" in check.reason
    await collective.close()


async def test_a_clean_stop_is_reported_as_such(kernel: Kernel, database: Store) -> None:
    database.recovery = replace(database.recovery, first_start=False)
    collective = await open_collective(kernel, database)
    check = kernel.health.get("recovery")
    assert check is not None
    assert check.reason == "the last stop was clean"
    await collective.close()


async def test_a_change_drops_what_was_cached_before_its_caller_goes_on(
    collective: Collective, kernel: Kernel
) -> None:
    cache = kernel.caches.create("state-test", owner="test", max_entries=10, ttl_s=60)
    seen: list[object] = []
    cache.get_or_build("x", lambda: 1, {"state"})
    collective.manager.subscribe(lambda *_: seen.append(cache.get("x")))
    await tune(collective, harmony=0.9)
    assert seen == [None]


async def test_a_row_alone_drops_nothing(collective: Collective, kernel: Kernel) -> None:
    cache = kernel.caches.create("state-test", owner="test", max_entries=10, ttl_s=60)
    cache.get_or_build("x", lambda: 1, {"state"})
    await collective.manager.record(JournalRow(kind="cog", subject="help", cause="command"))
    assert cache.get("x") is not None


async def test_a_change_is_broadcast(collective: Collective, kernel: Kernel) -> None:
    events = Hearing(kernel.broadcaster, "state")
    await tune(collective, harmony=0.9)
    events.close()
    (event,) = [event async for event in events]
    assert (event.data.old.version, event.data.new.version) == (1, 2)
    assert event.data.new.ucf.harmony == 0.9


async def test_an_edit_by_hand_shows_in_the_status(
    collective: Collective, kernel: Kernel, tmp_path: Path
) -> None:
    kernel.supervisor.start()
    file = tmp_path / "ucf_state.json"
    file.write_text(file.read_text().replace("0.1", "0.9"))
    await until_version(collective, 2)
    status = collective.status.read()
    assert status.ucf.klesha == 0.9
    assert status.assessment == "Strained: klesha 0.90 is critical."
    assert (status.state_version, status.state_source) == (2, "file")


async def test_a_change_shows_in_the_file(collective: Collective, kernel: Kernel, tmp_path: Path) -> None:
    kernel.supervisor.start()
    await tune(collective, harmony=0.9)
    file = tmp_path / "ucf_state.json"
    async with asyncio.timeout(40):
        while '"harmony": 0.9' not in file.read_text():
            await asyncio.sleep(0.005)


async def test_services_are_read_again_when_their_file_changes(
    collective: Collective, kernel: Kernel, tmp_path: Path
) -> None:
    kernel.supervisor.start()
    (tmp_path / "services.json").write_text('{"mine": {"url": "{base}/"}}')
    async with asyncio.timeout(40):
        while [service.name for service in collective.probes.services] != ["mine"]:
            await asyncio.sleep(0.005)


async def test_the_status_has_trends_against_an_hour_ago(collective: Collective, clock: ManualClock) -> None:
    clock.advance(1800)
    await tune(collective, harmony=0.9)
    clock.advance(1900)
    await collective.ucf_hour_ago.refresh()
    assert collective.status.read().trends["harmony"] == "up"
    assert collective.status.read().trends_since is None
    clock.advance(3600)
    await collective.ucf_hour_ago.refresh()
    assert collective.status.read().trends["harmony"] == "steady"


async def test_what_moved_in_the_first_hour_is_no_steady_value(
    collective: Collective, clock: ManualClock
) -> None:
    begun = clock.now()
    clock.advance(60)
    await tune(collective, harmony=0.9)
    await collective.ucf_hour_ago.refresh()
    assert collective.status.read().trends["harmony"] == "up"
    assert collective.status.read().trends["prana"] == "steady"
    assert collective.status.read().trends_since == begun


async def test_the_status_counts_agents_and_knows_the_gateway(collective: Collective, kernel: Kernel) -> None:
    before = collective.status.read()
    assert before.gateway.status == "fail"
    kernel.health.report("gateway", "pass", "connected", required=True)
    after = collective.status.read()
    assert after.gateway.reason == "connected"
    assert after.agents_active == before.agents_active + 1
    assert after.agents_total == 14
    assert after.started_at == kernel.started_at


async def test_metrics_follow_the_state(collective: Collective, kernel: Kernel) -> None:
    await tune(collective, harmony=0.9)
    assert kernel.metrics.gauge("helix_state_version", "Version of the shared state.").value() == 2
    assert (
        kernel.metrics.gauge("helix_ucf", "The six values of the UCF.", ("metric",)).value("harmony") == 0.9
    )


@pytest.mark.parametrize(("free", "status"), [(2**30, "pass"), (50 * 2**20, "warn"), (2**20, "fail")])
async def test_a_disk_that_fills_up_is_told(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, free: int, status: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: full_disk(free))
    await refresh_disk(kernel.settings, kernel.health)
    check = kernel.health.get("disk")
    assert check is not None
    assert (check.status, check.observed_value) == (status, free)
    assert bool(check.action) == (status != "pass")


async def test_a_disk_that_cannot_be_looked_at_is_told(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("shutil.disk_usage", refuse)
    await refresh_disk(kernel.settings, kernel.health)
    check = kernel.health.get("disk")
    assert check is not None
    assert check.status == "fail"


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_store_that_fails_is_told_until_it_succeeds_again(
    collective: Collective, kernel: Kernel, database: Store
) -> None:
    pages = await database.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    big = tuple(JournalRow(kind="x", subject="x", cause="system", after="x" * 60_000) for _ in range(20))
    with pytest.raises(Exception, match="disk is full"):
        await collective.manager.record(*big)
    kernel.health.refresh()
    store, journal = kernel.health.get("store"), kernel.health.get("journal")
    assert store is not None
    assert journal is not None
    assert (store.status, journal.status) == ("fail", "fail")
    assert "disk is full" in store.reason
    await database.write(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
    kernel.health.refresh()
    assert kernel.health.overall() == "pass"


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_database_that_was_removed_while_it_runs_is_told_and_nothing_is_said_to_be_kept(
    collective: Collective, kernel: Kernel, database: SqliteStore
) -> None:
    database.path.rename(database.path.with_name("moved.db"))
    kernel.health.refresh()
    store = kernel.health.get("store")
    assert store is not None
    assert (store.status, kernel.health.overall()) == ("fail", "fail")
    assert store.reason == "nothing can be saved: helix.db was removed while Helix runs"
    with pytest.raises(StoreGone):
        await collective.contexts.archive("lost", Actor("command"))
    with pytest.raises(StoreGone):
        await tune(collective, harmony=0.9)
    assert collective.manager.snapshot.ucf.harmony == 0.5
    database.path.with_name("moved.db").rename(database.path)
    await tune(collective, harmony=0.9)
    kernel.health.refresh()
    assert kernel.health.overall() == "pass"


async def test_a_queue_that_fills_up_is_told(
    collective: Collective, kernel: Kernel, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    del collective
    stats = database.stats()
    monkeypatch.setattr(type(database), "stats", lambda _: replace(stats, waiting=stats.queue_limit))
    kernel.health.refresh()
    check = kernel.health.get("store")
    assert check is not None
    assert (check.status, check.load) == ("warn", 1.0)


async def test_what_is_too_old_is_removed(
    collective: Collective, kernel: Kernel, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await tune(collective, harmony=0.9)
    await collective.retention.clean()
    assert "retention.pruned" not in caplog.text
    clock.advance((kernel.settings.journal_days + 1) * 86400)
    await collective.retention.clean()
    assert "retention.pruned journal=1" in caplog.text
    assert [entry.kind for entry in await collective.journal.entries()] == ["storage"]


async def test_closing_writes_what_is_not_written_yet(
    kernel: Kernel, database: Store, tmp_path: Path
) -> None:
    collective = await open_collective(kernel, database)
    await tune(collective, harmony=0.9)
    kernel.health.report("gateway", "pass")
    kernel.health.report("gateway", "fail", "lost")
    await collective.close()
    assert '"harmony": 0.9' in (tmp_path / "ucf_state.json").read_text()
    assert await collective.journal.count(subject="SanghaCore") == 1


async def test_closing_over_a_store_that_is_gone_still_closes_the_rest(
    kernel: Kernel, database: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    collective = await open_collective(kernel, database)
    session = collective.outgoing.session()

    async def gone() -> None:
        raise StoreClosed("The store is closed.")

    monkeypatch.setattr(collective.monitor, "flush", gone)
    await collective.close()
    assert session.closed
    assert "collective.close_incomplete" in caplog.text


async def test_the_own_address_can_be_told(collective: Collective) -> None:
    assert collective.probes.own_url == "http://127.0.0.1:8080"
    collective.probes.set_own_url("http://127.0.0.1:9000/")
    assert collective.probes.own_url == "http://127.0.0.1:9000"
