"""The one snapshot and the only way to change it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading

import msgspec
import pytest

from core.errors import HelixError
from core.store import Store
from core.store.errors import DatabaseCorrupt, StoreError
from core.store.tx import Tx
from state.change import Change, JournalRow
from state.journal import Journal
from state.manager import StateManager
from state.models import DEFAULT_UCF, AgentReport, Snapshot
from tests.core.store.notes_store import Gate, turns
from tests.manual_clock import ManualClock

GOOD = DEFAULT_UCF.as_dict()


async def tune(manager: StateManager, delta: float) -> Snapshot:
    return await manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=round(old.ucf.harmony + delta, 6)))
    )


async def report_in(manager: StateManager, report: AgentReport) -> Snapshot:
    return await manager.change(lambda _: Change(reports={report.agent: report}))


async def test_a_new_store_holds_the_default_at_version_one(manager: StateManager) -> None:
    assert manager.snapshot.version == 1
    assert manager.snapshot.ucf == DEFAULT_UCF
    assert manager.snapshot.source == "default"


async def test_a_change_makes_the_next_version(manager: StateManager, clock: ManualClock) -> None:
    clock.advance(5)
    after = await manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, klesha=0.4), source="tune")
    )
    assert after is manager.snapshot
    assert (after.version, after.ucf.klesha, after.source) == (2, 0.4, "tune")
    assert after.changed_at == clock.now()


async def test_what_was_changed_is_there_after_a_restart(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    report = AgentReport(agent="Gemini", status="degraded", reported_at=clock.now(), task="t", load=0.4)
    await tune(manager, 0.25)
    await manager.change(lambda _: Change(reports={"Gemini": report}))
    again = StateManager(database, clock)
    assert await again.load() == manager.snapshot
    assert again.snapshot.reports["Gemini"] == report


async def test_the_source_is_by_default_the_cause_of_the_first_row(manager: StateManager) -> None:
    row = JournalRow(kind="ucf", subject="klesha", cause="webhook")
    ucf = msgspec.structs.replace(DEFAULT_UCF, klesha=0.2)
    assert (await manager.change(lambda _: Change(ucf=ucf, journal=(row,)))).source == "webhook"
    assert (await tune(manager, 0.1)).source == "system"


async def test_concurrent_changes_are_each_applied_to_the_newest(manager: StateManager) -> None:
    snapshots = await asyncio.gather(*(tune(manager, 0.01) for _ in range(100)))
    assert manager.snapshot.ucf.harmony == pytest.approx(1.5)
    assert [snapshot.version for snapshot in snapshots] == list(range(2, 102))


async def test_a_change_that_fails_leaves_the_others_standing(manager: StateManager) -> None:
    def refuse(_: Snapshot) -> Change:
        raise HelixError("no")

    results = await asyncio.gather(
        tune(manager, 0.1), manager.change(refuse), tune(manager, 0.1), return_exceptions=True
    )
    assert isinstance(results[1], HelixError)
    assert manager.snapshot.version == 3
    assert manager.snapshot.ucf.harmony == pytest.approx(0.7)


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_changes_count_once_though_a_neighbour_ended_their_transaction(
    manager: StateManager, database: Store
) -> None:
    def end_transaction(tx: Tx) -> None:
        tx.execute("INSERT OR ROLLBACK INTO snapshot SELECT * FROM snapshot")

    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    before = asyncio.create_task(tune(manager, 0.1))
    await turns()
    neighbour = asyncio.create_task(database.write(end_transaction))
    await turns()
    after = asyncio.create_task(tune(manager, 0.1))
    await turns()
    gate.opened.set()
    await holder
    first, ended, last = await asyncio.gather(before, neighbour, after, return_exceptions=True)
    assert isinstance(ended, sqlite3.IntegrityError)
    assert isinstance(first, Snapshot)
    assert isinstance(last, Snapshot)
    assert (first.version, last.version) == (2, 3)
    assert (first.ucf.harmony, last.ucf.harmony) == (0.6, 0.7)
    assert manager.snapshot == last


async def test_out_of_range_is_refused_and_changes_nothing(manager: StateManager) -> None:
    with pytest.raises(HelixError, match="harmony must be a number between 0 and 2"):
        await tune(manager, 5.0)
    assert manager.snapshot.version == 1


async def test_a_row_alone_keeps_the_version(manager: StateManager, database: Store) -> None:
    heard: list[int] = []
    manager.subscribe(lambda _old, new, _change: heard.append(new.version))
    await manager.record(JournalRow(kind="flag", subject="lazy_commands", cause="command", after=False))
    assert manager.snapshot.version == 1
    assert heard == [1]
    assert [entry.subject for entry in await Journal(database).entries()] == ["lazy_commands"]


async def test_equal_records_make_no_version(manager: StateManager) -> None:
    after = await manager.change(lambda old: Change(ucf=old.ucf, reports=dict(old.reports)))
    assert after.version == 1


async def test_subscribers_hear_in_order_and_before_the_caller_goes_on(manager: StateManager) -> None:
    heard: list[str] = []
    manager.subscribe(
        lambda old, new, _: heard.append(f"{old.version}>{new.version} at {manager.snapshot.version}")
    )

    async def one() -> None:
        after = await tune(manager, 0.01)
        heard.append(f"back {after.version}")

    await asyncio.gather(one(), one())
    assert heard[0] == "1>2 at 2"
    assert heard.index("1>2 at 2") < heard.index("back 2")
    assert heard.index("2>3 at 3") < heard.index("back 3")


async def test_a_failing_subscriber_harms_nobody(
    manager: StateManager, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    def broken(_old: Snapshot, _new: Snapshot, _change: Change) -> None:
        raise RuntimeError("subscriber")

    manager.subscribe(broken)
    manager.subscribe(lambda _old, new, _change: heard.append(new.version))
    assert (await tune(manager, 0.1)).version == 2
    assert heard == [2]
    assert "state.subscriber_failed" in caplog.text


async def test_who_unsubscribed_hears_no_more(manager: StateManager) -> None:
    heard: list[int] = []
    unsubscribe = manager.subscribe(lambda _old, new, _change: heard.append(new.version))
    unsubscribe()
    unsubscribe()
    await tune(manager, 0.1)
    assert heard == []


async def test_who_unsubscribes_while_being_told_keeps_nobody_from_hearing(manager: StateManager) -> None:
    heard: list[str] = []

    def once(_old: Snapshot, _new: Snapshot, _change: Change) -> None:
        heard.append("once")
        unsubscribe()

    unsubscribe = manager.subscribe(once)
    manager.subscribe(lambda _old, _new, _change: heard.append("always"))
    await tune(manager, 0.1)
    await tune(manager, 0.1)
    assert heard == ["once", "always", "always"]


async def test_a_cancelled_callers_change_that_was_taken_is_published(manager: StateManager) -> None:
    entered, opened, heard = threading.Event(), threading.Event(), asyncio.Event()

    def slow(old: Snapshot) -> Change:
        entered.set()
        assert opened.wait(10)
        return Change(ucf=msgspec.structs.replace(old.ucf, zoom=1.5))

    manager.subscribe(lambda _old, _new, _change: heard.set())
    task = asyncio.create_task(manager.change(slow))
    assert await asyncio.to_thread(entered.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    opened.set()
    await asyncio.wait_for(heard.wait(), 40)
    assert manager.snapshot.ucf.zoom == 1.5


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_full_disk_loses_the_change_and_not_the_state(manager: StateManager, database: Store) -> None:
    pages = await database.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
    big = JournalRow(kind="x", subject="x", cause="system", after="x" * 60_000)
    ucf = msgspec.structs.replace(DEFAULT_UCF, zoom=1.1)
    with pytest.raises(StoreError, match="disk is full"):
        await manager.change(lambda _: Change(ucf=ucf, journal=(big,)))
    assert manager.snapshot.version == 1
    assert (await tune(manager, 0.1)).version == 2
    assert manager.snapshot.ucf.zoom == 1.0


async def test_a_change_without_rows_is_journalled_by_what_differs(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    report = AgentReport(agent="Gemini", status="active", reported_at=clock.now())
    ucf = msgspec.structs.replace(DEFAULT_UCF, zoom=1.1)
    await manager.change(lambda _: Change(ucf=ucf, reports={"Gemini": report}, source="ritual"))
    entries = await Journal(database).entries()
    assert [(e.kind, e.subject, e.cause, e.before, e.after) for e in entries] == [
        ("report", "Gemini", "ritual", None, {"status": "active", "task": None}),
        ("ucf", "zoom", "ritual", 1.0, 1.1),
    ]


async def test_a_heartbeat_that_says_nothing_new_is_not_journalled(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    for _ in range(3):
        clock.advance(60)
        report = AgentReport(agent="Gemini", status="active", reported_at=clock.now())
        await report_in(manager, report)
    assert manager.snapshot.version == 4
    assert await Journal(database).count() == 1


async def test_the_history_of_the_field_holds_no_heartbeats(
    manager: StateManager, database: Store, clock: ManualClock
) -> None:
    await report_in(manager, AgentReport(agent="Gemini", status="active", reported_at=clock.now()))
    versions = await database.read(lambda c: c.execute("SELECT version FROM ucf_history").fetchall())
    assert versions == [(1,)]


async def test_a_hook_runs_beside_new_versions_only(manager: StateManager) -> None:
    versions: list[int] = []
    manager.add_transaction_hook(lambda _connection, _old, new: versions.append(new.version))
    await manager.record(JournalRow(kind="flag", subject="lazy_commands", cause="command", after=False))
    await tune(manager, 0.1)
    assert versions == [2]


async def test_a_hook_writes_in_the_same_transaction(manager: StateManager, database: Store) -> None:
    def hook(_connection: object, _old: Snapshot, new: Snapshot) -> None:
        if new.ucf.harmony > 1:
            raise HelixError("hook")

    manager.add_transaction_hook(hook)
    with pytest.raises(HelixError):
        await tune(manager, 0.7)
    assert manager.snapshot.version == 1
    assert await Journal(database).count() == 0


@pytest.mark.parametrize("stored", ["nonsense", '{"harmony": 9}', json.dumps({**GOOD, "harmony": 9})])
async def test_a_stored_state_that_is_not_valid_is_told_at_the_start(
    manager: StateManager, database: Store, clock: ManualClock, stored: str
) -> None:
    await tune(manager, 0.1)
    await database.write(lambda c: c.execute("UPDATE snapshot SET ucf = ?", (stored,)))
    with pytest.raises(DatabaseCorrupt, match=r"holds a state that is not valid .*Restore a backup"):
        await StateManager(database, clock).load()
