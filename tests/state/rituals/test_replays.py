"""A ritual replays to the same numbers, or says which differ."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import msgspec
import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.change import Change
from state.manager import StateManager
from state.models import DEFAULT_UCF, METRICS
from state.rituals import Rituals
from state.rituals.records import NoReplay
from state.schema import STATE_MIGRATIONS
from tests.manual_clock import ManualClock
from tests.state.rituals.performing import ANA, perform, step


async def tune(manager: StateManager, **values: float) -> None:
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune"))


async def test_id_seed_and_starting_state_are_stored_before_the_first_step(
    rituals: Rituals, manager: StateManager
) -> None:
    await tune(manager, harmony=0.9)
    run = await rituals.start(12, actor=ANA)
    kept = await rituals.get(run.id)
    assert (kept.status, kept.seed, kept.steps, kept.algorithm) == ("running", run.id, 12, 1)
    assert kept.start.ucf.harmony == 0.9
    assert kept.start.version == manager.snapshot.version
    assert kept.actor == ANA


async def test_edits_during_a_ritual_are_kept_and_it_can_be_replayed(
    rituals: Rituals, manager: StateManager, clock: ManualClock
) -> None:
    run = await rituals.start(12, actor=ANA)
    await step(clock, 6)
    await tune(manager, harmony=1.5, klesha=0.6)
    await step(clock, 6)
    record = await run.wait()
    assert record.start.ucf == DEFAULT_UCF
    assert record.finish is not None
    assert record.finish.before.ucf.harmony == 1.5
    assert manager.snapshot.ucf.harmony == 1.5
    assert manager.snapshot.ucf.klesha == pytest.approx(0.6 - 0.05 * 12 / 108)
    await tune(manager, harmony=0.1)
    assert (await rituals.replay(run.id)).matches


async def test_a_hundred_in_a_row_stay_within_bounds_and_all_replay(
    quick: Rituals, manager: StateManager
) -> None:
    chance = random.Random(88)
    for _ in range(100):
        await perform(quick, chance.choice((1, 3, 12, 27, 108)))
        ucf = manager.snapshot.ucf
        for name, spec in METRICS.items():
            assert spec.low <= getattr(ucf, name) <= spec.high
        assert ucf.klesha < 0.7
    assert any(record.finish.promotions for record in await quick.page(0, 100) if record.finish)
    for ritual in range(1, 101):
        assert (await quick.replay(ritual)).matches


async def test_rituals_replay_after_edits_and_a_restart(kernel: Kernel, tmp_path: Path) -> None:
    clock = ManualClock()
    for start in range(2):
        database = await SqliteStore.open(
            tmp_path / "again.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
        )
        manager = StateManager(database, clock)
        await manager.load()
        engine = Rituals(kernel, manager, database, sleep=lambda _: asyncio.sleep(0))
        await engine.load()
        for number in range(6):
            await tune(manager, harmony=0.1 + number / 7, klesha=0.3)
            await perform(engine, 20)
        for ritual in range(1, 7 + 6 * start):
            assert (await engine.replay(ritual)).matches
        await engine.close()
        await database.close()


async def test_a_replay_says_which_numbers_differ(quick: Rituals, database: Store) -> None:
    record = await perform(quick)
    assert record.finish is not None
    forged = msgspec.structs.replace(
        record.finish,
        ucf=msgspec.structs.replace(record.finish.ucf, harmony=1.9),
        folklore={},
        anomalies={},
        promotions=("flare: law",),
    )
    text = msgspec.json.encode(forged).decode()
    await database.write(
        lambda connection: connection.execute("UPDATE rituals SET finish = ?", (text,)).rowcount
    )
    replay = await quick.replay(record.id)
    assert not replay.matches
    said = "\n".join(replay.differences)
    for part in ("harmony: kept 1.9, now 0.5", "folklore of", "anomalies: kept 0", "promotions: kept"):
        assert part in said


async def test_a_running_one_cannot_be_replayed(rituals: Rituals) -> None:
    run = await rituals.start(3, actor=ANA)
    with pytest.raises(NoReplay, match="still running"):
        await rituals.replay(run.id)
