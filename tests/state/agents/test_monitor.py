"""Changes of an agent's status are told at once, and journalled."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.cache import Cache
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreClosed
from state.agents import monitor as agent_monitor
from state.agents.monitor import AgentMonitor
from state.change import Change, JournalRow
from state.journal import Journal, JournalEntry
from state.manager import ChangeFunction, StateManager
from state.models import AgentReport, Snapshot
from tests.core.store.notes_store import Gate, turns
from tests.hearing import Hearing
from tests.manual_clock import ManualClock


@pytest.fixture
async def monitor(kernel: Kernel, manager: StateManager) -> AsyncIterator[AgentMonitor]:
    kernel.health.report("gateway", "pass")
    monitor = AgentMonitor(kernel, manager)
    monitor.start()
    yield monitor
    monitor.stop()


@pytest.fixture
def cache(kernel: Kernel) -> Cache[str, int]:
    return kernel.caches.create("agents-test", owner="test", max_entries=10, ttl_s=60)


@pytest.fixture
def events(kernel: Kernel) -> Hearing:
    return Hearing(kernel.broadcaster, "agents")


async def heard(events: Hearing) -> list[Any]:
    events.close()
    return [event async for event in events]


async def entries(database: Store) -> list[JournalEntry]:
    return list(reversed(await Journal(database).entries(kinds=("agent",))))


async def heartbeat(manager: StateManager, clock: ManualClock, **fields: str) -> None:
    report = AgentReport(agent="Vega", status="active", reported_at=clock.now(), task=fields.get("task"))
    await manager.change(lambda old: Change(reports={**old.reports, "Vega": report}))


async def test_a_change_is_told_and_journalled(
    monitor: AgentMonitor, kernel: Kernel, database: Store, events: Hearing
) -> None:
    kernel.health.report("gateway", "fail", "connection lost")
    await monitor.flush()
    (entry,) = await entries(database)
    assert (entry.subject, entry.before, entry.after) == ("SanghaCore", "active", "down")
    assert (entry.reason, entry.cause) == ("connection lost", "system")
    (event,) = await heard(events)
    assert (event.data.name, event.data.status, event.data.detail) == (
        "SanghaCore",
        "down",
        "connection lost",
    )


async def test_what_was_cached_of_the_agents_is_gone_before_anyone_can_ask(
    monitor: AgentMonitor, kernel: Kernel, cache: Cache[str, int]
) -> None:
    del monitor
    cache.get_or_build("x", lambda: 1, {"agents"})
    kernel.health.report("gateway", "pass", "resumed")
    assert cache.get("x") is None
    cache.get_or_build("x", lambda: 1, {"agents"})
    kernel.health.report("gateway", "pass", "resumed", counters={"events": 5})
    kernel.health.report("store", "warn", "slow")
    assert cache.get("x") is not None


async def test_a_first_report_is_a_start_and_not_a_change(
    monitor: AgentMonitor, kernel: Kernel, database: Store, events: Hearing
) -> None:
    kernel.health.report("http", "pass")
    await monitor.flush()
    assert await entries(database) == []
    assert [event.data.name for event in await heard(events)] == ["Claude"]


async def test_an_agent_that_falls_silent_is_noticed_by_the_loop(
    monitor: AgentMonitor,
    manager: StateManager,
    clock: ManualClock,
    database: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_monitor, "STALENESS_EVERY_S", 0.005)
    running = asyncio.create_task(monitor.run())
    await heartbeat(manager, clock)
    clock.advance(901)
    async with asyncio.timeout(40):
        while len(await entries(database)) < 2:
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [(entry.before, entry.after) for entry in await entries(database)] == [
        ("down", "active"),
        ("active", "stale"),
    ]


async def test_the_loop_journals_as_soon_as_something_changes(
    monitor: AgentMonitor, kernel: Kernel, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long before the loop's next look by itself.
    monkeypatch.setattr(agent_monitor, "STALENESS_EVERY_S", 3600.0)
    running = asyncio.create_task(monitor.run())
    await asyncio.sleep(0)
    kernel.health.report("gateway", "warn", "slow")
    async with asyncio.timeout(40):
        while not await entries(database):
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_another_detail_of_the_same_status_is_told_and_not_journalled(
    monitor: AgentMonitor, kernel: Kernel, database: Store, events: Hearing
) -> None:
    kernel.health.report("gateway", "fail", "connection lost")
    await monitor.flush()
    kernel.health.report("gateway", "fail", "the token is wrong")
    await monitor.flush()
    told = [(event.data.status, event.data.detail) for event in await heard(events)]
    assert told == [("down", "connection lost"), ("down", "the token is wrong")]
    assert [entry.after for entry in await entries(database)] == ["down"]


async def test_a_heartbeat_drops_what_was_cached(
    monitor: AgentMonitor, manager: StateManager, clock: ManualClock, cache: Cache[str, int]
) -> None:
    del monitor
    await heartbeat(manager, clock)
    cache.get_or_build("x", lambda: 1, {"agents"})
    clock.advance(30)
    await heartbeat(manager, clock, task="new")
    assert cache.get("x") is None


async def test_the_gauge_says_who_is_up(monitor: AgentMonitor, kernel: Kernel) -> None:
    gauge = kernel.metrics.gauge("helix_agent_up", "1 if the agent is active.", ("agent",))
    assert (gauge.value("SanghaCore"), gauge.value("Kael")) == (1.0, 0.0)
    kernel.health.report("gateway", "fail")
    assert gauge.value("SanghaCore") == 0.0
    assert len(monitor.agents()) == 14


async def test_what_the_store_refuses_waits(
    monitor: AgentMonitor, kernel: Kernel, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreClosed("closed")

    kernel.health.report("gateway", "fail", "lost")
    monkeypatch.setattr(database, "write", refuse)
    with pytest.raises(StoreClosed):
        await monitor.flush()
    monkeypatch.undo()
    await monitor.flush()
    assert len(await entries(database)) == 1


async def test_what_pushes_the_oldest_out_while_they_are_journalled_costs_no_other(
    monitor: AgentMonitor, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_monitor, "_JOURNAL_CHUNK", 4)
    monitor._waiting = deque(_rows(0, 6), maxlen=6)
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    flushing = asyncio.create_task(monitor.flush())
    await turns()
    monitor._waiting.extend(_rows(6, 8))
    gate.opened.set()
    await holder
    await flushing
    assert [entry.reason for entry in await entries(database)] == [f"{number}" for number in range(8)]


def _rows(first: int, end: int) -> list[JournalRow]:
    return [
        JournalRow(kind="agent", subject="Vega", cause="system", reason=f"{number}", before="a", after="b")
        for number in range(first, end)
    ]


async def test_two_who_flush_at_once_journal_it_once(
    monitor: AgentMonitor, kernel: Kernel, database: Store
) -> None:
    kernel.health.report("gateway", "fail", "lost")
    await asyncio.gather(monitor.flush(), monitor.flush())
    assert len(await entries(database)) == 1


async def test_what_a_cancelled_flush_wrote_is_not_written_again(
    *,
    monitor: AgentMonitor,
    kernel: Kernel,
    manager: StateManager,
    database: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writing, change = asyncio.Event(), manager.change

    async def noticed(function: ChangeFunction) -> Snapshot:
        writing.set()
        return await change(function)

    monkeypatch.setattr(manager, "change", noticed)
    kernel.health.report("gateway", "fail", "lost")
    flushing = asyncio.create_task(monitor.flush())
    await writing.wait()
    flushing.cancel()
    await asyncio.wait({flushing})
    await monitor.flush()
    assert len(await entries(database)) == 1


async def test_who_falls_silent_is_noticed_while_the_store_refuses(
    *,
    monitor: AgentMonitor,
    manager: StateManager,
    clock: ManualClock,
    database: Store,
    events: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        refused.set()
        raise StoreClosed("closed")

    refused = asyncio.Event()
    monkeypatch.setattr(agent_monitor, "STALENESS_EVERY_S", 0.005)
    await heartbeat(manager, clock)
    monkeypatch.setattr(database, "write", refuse)
    running = asyncio.create_task(monitor.run())
    await asyncio.wait_for(refused.wait(), 40)
    clock.advance(901)
    async with asyncio.timeout(40):
        while (await anext(events)).data.status != "stale":
            pass
    monkeypatch.undo()
    await monitor.flush()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [entry.after for entry in await entries(database)] == ["active", "stale"]


async def test_who_was_stopped_hears_no_more(monitor: AgentMonitor, kernel: Kernel, database: Store) -> None:
    monitor.stop()
    kernel.health.report("gateway", "fail", "lost")
    await monitor.flush()
    assert await entries(database) == []
