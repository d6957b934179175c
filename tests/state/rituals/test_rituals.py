"""A ritual takes its steps in time, one at a time, and its end is one change."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.errors import StoreError
from state.change import Change
from state.journal import Journal
from state.manager import StateManager
from state.models import DEFAULT_UCF, Snapshot
from state.rituals import Rituals, Run
from state.rituals.records import RitualCancelled, RitualRecord, RitualRunning, UnknownRitual, WrongSteps
from tests.hearing import Hearing
from tests.manual_clock import ManualClock
from tests.state.rituals.performing import ANA, BEN, perform, step


async def test_a_ritual_takes_its_steps_in_time_and_changes_the_field_at_its_end(
    rituals: Rituals, manager: StateManager, clock: ManualClock
) -> None:
    seen: list[int] = []
    run = await rituals.start(12, actor=ANA, on_step=seen.append)
    await step(clock, 7)
    running = rituals.running
    assert running is not None
    assert (running.id, running.step, running.steps) == (run.id, 7, 12)
    assert sum(run.anomalies.values()) == sum(one is not None for one in run.drawn[:7])
    assert manager.snapshot.ucf == DEFAULT_UCF
    await step(clock, 5)
    record = await run.wait()
    assert rituals.running is None
    assert rituals.last == record
    assert seen == list(range(1, 13))
    assert record.finish is not None
    assert manager.snapshot.ucf == record.finish.ucf
    assert manager.snapshot.folklore == record.finish.folklore
    assert manager.snapshot.source == "ritual"
    assert clock.now() - record.started_at == timedelta(seconds=1.2)


async def test_a_ritual_has_ended_when_its_event_is_published(quick: Rituals, manager: StateManager) -> None:
    seen: list[tuple[object, RitualRecord | None]] = []
    loop = asyncio.get_running_loop()

    def told(_old: Snapshot, _new: Snapshot, change: Change) -> None:
        if change.events:
            loop.call_soon(lambda: seen.append((quick.running, quick.last)))

    manager.subscribe(told)
    record = await perform(quick)
    await asyncio.sleep(0)
    assert seen == [(None, record)]


async def test_a_second_start_is_refused_with_the_progress_of_the_first(
    rituals: Rituals, clock: ManualClock
) -> None:
    await rituals.start(12, actor=ANA)
    await step(clock, 3)
    with pytest.raises(RitualRunning, match=r"Ritual 1 is running, at step 3 of 12\.") as refused:
        await rituals.start(27, actor=BEN)
    assert refused.value.running.step == 3


async def test_of_two_concurrent_starts_one_runs(rituals: Rituals) -> None:
    results = await asyncio.gather(*(rituals.start(12, actor=ANA) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Run) for one in results) == 1
    assert sum(isinstance(one, RitualRunning) for one in results) == 4
    assert await rituals.count() == 1


async def test_a_ritual_removes_its_subscription(quick: Rituals, manager: StateManager) -> None:
    before = len(manager._subscribers)
    await perform(quick)
    assert len(manager._subscribers) == before


async def test_a_key_is_run_once(quick: Rituals, manager: StateManager) -> None:
    first = await (await quick.start(12, actor=ANA, key="schedule:1")).wait()
    after = manager.snapshot
    again = await quick.start(12, actor=ANA, key="schedule:1")
    assert await again.wait() == first
    assert again.step == 12
    assert manager.snapshot is after
    assert await quick.count() == 1
    other = await quick.start(12, actor=ANA, key="schedule:2")
    assert other.id == first.id + 1


async def test_a_key_joins_the_ritual_that_runs_with_it(rituals: Rituals, clock: ManualClock) -> None:
    first = await rituals.start(2, actor=ANA, key="one")
    assert await rituals.start(2, actor=ANA, key="one") is first
    with pytest.raises(RitualRunning):
        await rituals.start(2, actor=ANA, key="two")
    await step(clock, 2)
    assert (await first.wait()).key == "one"


async def test_its_end_is_one_change_with_journal_and_event(
    quick: Rituals, manager: StateManager, database: Store
) -> None:
    heard: list[Change] = []
    manager.subscribe(lambda _old, _new, change: heard.append(change))
    version = manager.snapshot.version
    record = await perform(quick)
    assert manager.snapshot.version == version + 1
    (change,) = heard
    told = msgspec.to_builtins(change.events[0])
    assert (told["type"], told["ritual"], told["steps"]) == ("ritual.completed", record.id, 12)
    assert told["after"] == manager.snapshot.ucf.as_dict()
    assert "Ana" not in str(told)
    rows = await Journal(database).entries()
    assert {(row.kind, row.subject) for row in rows} >= {("ritual", "1"), ("ucf", "klesha")}
    assert all(row.actor == "Ana" for row in rows)


async def test_a_promotion_is_journalled(quick: Rituals, database: Store) -> None:
    for _ in range(5):
        await perform(quick, 60)
    rows = await Journal(database).entries(kinds=("folklore",))
    assert {(row.subject, row.before, row.after) for row in rows} == {
        (kind, "anomaly", "legend") for kind in ("flare", "void", "echo", "resonance")
    }


async def test_subscribers_hear_of_progress_at_most_once_a_second(
    rituals: Rituals, kernel: Kernel, clock: ManualClock
) -> None:
    listening = Hearing(kernel.broadcaster, "rituals")
    run = await rituals.start(25, actor=ANA)
    await step(clock, 24)
    await rituals.cancel(None, BEN)
    listening.close()
    heard = [event.data async for event in listening]
    assert [(one.status, one.step) for one in heard] == [
        ("running", 0),
        ("running", 10),
        ("running", 20),
        ("cancelled", 24),
    ]
    assert all(one.id == run.id for one in heard)


async def test_start_and_end_drop_cached_answers(
    rituals: Rituals, kernel: Kernel, clock: ManualClock
) -> None:
    from core.cache import Cache

    cache: Cache[str, int] = kernel.caches.create("answers", max_entries=4, ttl_s=60.0, owner="test")
    cache.get_or_build("status", lambda: 1, ("rituals",))
    await rituals.start(1, actor=ANA)
    assert cache.get_or_build("status", lambda: 2, ("rituals",)).value == 2
    await step(clock, 1)
    await rituals.idle()
    assert cache.get_or_build("status", lambda: 3, ("rituals",)).value == 3


async def test_a_ritual_whose_end_cannot_be_stored_fails_and_changes_nothing(
    quick: Rituals, manager: StateManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    await perform(quick)
    before = manager.snapshot
    assert quick.read_health().status == "pass"

    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    run = await quick.start(3, actor=ANA)
    assert "is running" in quick.read_health().reason
    with monkeypatch.context() as patched:
        patched.setattr(manager, "change_with", full)
        with pytest.raises(RitualCancelled, match="could not be saved"):
            await run.wait()
    assert manager.snapshot == before
    assert quick.running is None
    assert quick.read_health().status == "warn"
    assert (await quick.get(run.id)).status == "interrupted"
    assert (await quick.page())[0].status == "interrupted"
    assert (await perform(quick)).status == "done"
    assert quick.read_health().status == "pass"


async def test_a_failing_watcher_affects_no_other(quick: Rituals) -> None:
    def fail(_step: int) -> None:
        raise RuntimeError

    run = await quick.start(3, actor=ANA, on_step=fail)
    assert (await run.wait()).status == "done"


@pytest.mark.parametrize("steps", [0, -1, 1001, 10**12])
async def test_a_wrong_number_of_steps_is_refused(rituals: Rituals, steps: int) -> None:
    with pytest.raises(WrongSteps, match="from 1 to 1000"):
        await rituals.start(steps, actor=ANA)


@pytest.mark.parametrize("ritual", [0, 99, 10**30])
async def test_an_unknown_id_is_reported(rituals: Rituals, ritual: int) -> None:
    with pytest.raises(UnknownRitual, match="There is no ritual"):
        await rituals.get(ritual)


async def test_pages_come_newest_first_and_old_ones_are_pruned(quick: Rituals, clock: ManualClock) -> None:
    for _ in range(4):
        await perform(quick, 1)
        clock.advance(3600)
    assert [record.id for record in await quick.page(1, 2)] == [3, 2]
    assert await quick.prune(clock.now() - timedelta(hours=2, minutes=30)) == 2
    assert [record.id for record in await quick.page()] == [4, 3]
    assert (await perform(quick, 1)).id == 5


async def test_the_last_harmony_of_a_place_is_found(quick: Rituals) -> None:
    assert await quick.last_at("12") is None
    run = await quick.start(36, actor=ANA, kind="harmony", place="12")
    record = await run.wait()
    assert await quick.last_at("12") == record
    assert await quick.last_at("13") is None
    assert (await quick.replay(record.id)).matches
