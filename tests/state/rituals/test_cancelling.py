"""What is cancelled, stopped or cut off leaves everything as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.change import SYSTEM
from state.journal import Journal
from state.manager import StateManager
from state.rituals import Rituals
from state.rituals.records import NoReplay, RitualCancelled
from state.schema import STATE_MIGRATIONS
from tests.core.store.notes_store import Gate, turns
from tests.manual_clock import ManualClock
from tests.state.rituals.performing import ANA, BEN, step


@pytest.mark.parametrize("at", range(6))
async def test_a_ritual_cancelled_at_any_step_changes_nothing(
    rituals: Rituals, manager: StateManager, clock: ManualClock, database: Store, at: int
) -> None:
    before = manager.snapshot
    run = await rituals.start(6, actor=ANA)
    await step(clock, at)
    waiting = asyncio.create_task(run.wait())
    assert await rituals.cancel("enough", BEN)
    with pytest.raises(RitualCancelled, match=f"Ritual 1 was cancelled at step {at} of 6"):
        await waiting
    assert manager.snapshot == before
    assert rituals.running is None
    kept = await rituals.get(run.id)
    assert (kept.status, kept.step, kept.ended_by, kept.reason) == ("cancelled", at, BEN, "enough")
    assert kept.finish is None
    (row,) = await Journal(database).entries(kinds=("ritual",))
    assert (row.subject, row.actor, row.reason) == ("1", "Ben", "enough")
    with pytest.raises(NoReplay, match="was cancelled"):
        await rituals.replay(run.id)


async def test_cancel_affects_only_the_named_running_ritual(rituals: Rituals) -> None:
    assert not await rituals.cancel(None, BEN)
    run = await rituals.start(6, actor=ANA)
    assert not await rituals.cancel(None, BEN, ritual=run.id + 1)
    assert await rituals.cancel(None, BEN, ritual=run.id)
    assert not await rituals.cancel(None, BEN, ritual=run.id)
    assert (await rituals.start(6, actor=ANA)).id == run.id + 1


async def test_two_concurrent_cancellations_get_the_same_answer(rituals: Rituals) -> None:
    run = await rituals.start(6, actor=ANA)
    assert all(await asyncio.gather(rituals.cancel("a", ANA), rituals.cancel("b", BEN)))
    assert (await rituals.get(run.id)).reason == "a"


@pytest.mark.parametrize("steps", [1, 6])
async def test_a_cancellation_while_the_end_is_stored_has_no_effect(
    rituals: Rituals, database: Store, clock: ManualClock, steps: int
) -> None:
    run = await rituals.start(steps, actor=ANA)
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    await step(clock, 1)
    cancelling = asyncio.create_task(rituals.cancel("enough", BEN))
    await turns()
    # As a stop does, which asks nobody.
    assert rituals._task is not None
    rituals._task.cancel()
    await turns()
    gate.opened.set()
    await holder
    async with asyncio.timeout(40):
        assert await cancelling is (steps == 6)
        await rituals.idle()
    assert rituals.running is None
    assert (run.cancelled_by is None) is (steps == 1)
    assert run.record.status == (await rituals.get(run.id)).status == ("done" if steps == 1 else "cancelled")


async def test_a_ritual_whose_starter_is_cancelled_meanwhile_runs(
    rituals: Rituals, database: Store, clock: ManualClock
) -> None:
    gate = Gate()
    holder = asyncio.create_task(database.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    starting = asyncio.create_task(rituals.start(1, actor=ANA))
    await turns()
    starting.cancel()
    await turns()
    gate.opened.set()
    await holder
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert rituals.running is not None
    await step(clock, 1)
    await rituals.idle()
    assert rituals.last is not None
    assert rituals.last.status == "done"


async def test_cancelling_a_wait_does_not_cancel_the_ritual(rituals: Rituals, clock: ManualClock) -> None:
    run = await rituals.start(2, actor=ANA)
    waiting = asyncio.create_task(run.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await step(clock, 2)
    assert (await run.wait()).status == "done"


async def test_a_stop_cancels_the_ritual_at_once_and_stores_it(
    rituals: Rituals, kernel: Kernel, manager: StateManager, clock: ManualClock
) -> None:
    before = manager.snapshot
    run = await rituals.start(6, actor=ANA)
    await step(clock, 2)
    kernel.drain.close()
    with pytest.raises(RitualCancelled):
        await run.wait()
    kept = await rituals.get(run.id)
    assert (kept.status, kept.ended_by, kept.reason) == ("cancelled", SYSTEM, "Helix stopped")
    assert manager.snapshot == before
    late = await rituals.start(6, actor=ANA)
    with pytest.raises(RitualCancelled):
        await late.wait()


async def test_a_start_marks_rituals_of_a_crash_as_interrupted(
    kernel: Kernel, tmp_path: Path, clock: ManualClock
) -> None:
    async def opened() -> tuple[Store, StateManager, Rituals]:
        database = await SqliteStore.open(
            tmp_path / "crash.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
        )
        manager = StateManager(database, clock)
        await manager.load()
        return database, manager, Rituals(kernel, manager, database, sleep=clock.sleep)

    database, manager, engine = await opened()
    run = await engine.start(6, actor=ANA)
    before = manager.snapshot
    await database.close()
    again, manager, restarted = await opened()
    (found,) = await restarted.load()
    assert (found.id, found.status, found.actor) == (run.id, "interrupted", ANA)
    assert restarted.last == found
    assert (await restarted.get(run.id)).status == "interrupted"
    assert (manager.snapshot.ucf, manager.snapshot.folklore) == (before.ucf, before.folklore)
    assert await restarted.load() == ()
    (row,) = await Journal(again).entries(kinds=("ritual",))
    assert row.cause == "system"
    await engine.close()
    await again.close()


async def test_the_key_of_a_cancelled_ritual_can_be_used_again(rituals: Rituals, clock: ManualClock) -> None:
    first = await rituals.start(2, actor=ANA, key="one")
    await rituals.cancel(None, BEN)
    second = await rituals.start(2, actor=ANA, key="one")
    assert second.id != first.id
    await step(clock, 2)
    assert (await second.wait()).status == "done"
