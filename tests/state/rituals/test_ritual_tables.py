"""The statements about rituals and schedules give the same answers on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from state.change import Actor
from state.models import DEFAULT_UCF
from state.rituals import ritual_table, schedule_table
from state.rituals.records import Finish, Ground, RitualRecord
from state.rituals.schedule_table import Schedule
from tests.twins import Twins

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ADA = Actor("command", "Ada", 2**62)
GROUND = Ground(version=7, ucf=DEFAULT_UCF, folklore={})


def begun(place: str | None = "home", key: str | None = None) -> RitualRecord:
    return RitualRecord(
        id=0, kind="z88", steps=9, seed=0, algorithm=1, status="running", started_at=NOW, actor=ADA,
        start=GROUND, place=place, key=key,
    )  # fmt: skip


def ended(record: RitualRecord, days: int) -> RitualRecord:
    finish = Finish(before=GROUND, ucf=DEFAULT_UCF, folklore={}, anomalies={"flare": 2}, promotions=("ü",))
    at = NOW + timedelta(days=days)
    return msgspec.structs.replace(record, status="done", ended_at=at, step=9, finish=finish, ended_by=ADA)


async def test_rituals_are_stored_found_and_pruned(twins: Twins) -> None:
    async def insert(record: RitualRecord) -> RitualRecord:
        return await twins.both(lambda tx: ritual_table.insert(tx, record))

    first, second, third = await insert(begun(key="k")), await insert(begun(None)), await insert(begun())
    assert (first.id, first.seed, third.id) == (1, 1, 3)
    done = ended(first, 1)
    await twins.both(lambda tx: ritual_table.update(tx, done))
    await twins.both(lambda tx: ritual_table.update(tx, msgspec.structs.replace(third, status="failed")))
    assert await twins.both(lambda tx: ritual_table.find(tx, 1)) == done
    assert await twins.both(lambda tx: ritual_table.find(tx, 9)) is None
    assert await twins.both(lambda tx: ritual_table.find_done(tx, "k")) == done
    assert await twins.both(lambda tx: ritual_table.find_last_at(tx, "home")) == done
    last = await twins.both(lambda tx: ritual_table.find_last_of(tx, 2**62, "home"))
    assert last is not None
    assert last.id == 3
    assert await twins.both(ritual_table.find_last) == last
    assert await twins.both(ritual_table.find_running) == (second,)
    assert [one.id for one in await twins.both(lambda tx: ritual_table.page(tx, 1, 5))] == [2, 1]
    assert await twins.both(ritual_table.count) == 3
    assert await twins.both(lambda tx: ritual_table.prune(tx, NOW + timedelta(days=2))) == 1
    # No id is used twice.
    assert (await insert(begun())).id == 4


async def test_a_key_is_done_once(twins: Twins) -> None:
    for _ in range(2):
        await twins.both(lambda tx: ritual_table.insert(tx, begun(key="k")))
    await twins.both(lambda tx: ritual_table.update(tx, ended(msgspec.structs.replace(begun(), id=1), 1)))
    await twins.refused(lambda tx: ritual_table.update(tx, ended(msgspec.structs.replace(begun(), id=2), 1)))


async def test_schedules_are_stored_changed_and_deleted(twins: Twins) -> None:
    wanted = Schedule(id=0, rule="every hour", steps=3, created_at=NOW, next_at=NOW, actor=ADA)
    made = [await twins.both(lambda tx: schedule_table.insert(tx, wanted)) for _ in range(2)]
    changed = msgspec.structs.replace(made[0], last_at=NOW, last_ritual=8)
    await twins.both(lambda tx: schedule_table.update(tx, changed))
    assert await twins.both(schedule_table.read_all) == (changed, made[1])
    await twins.both(lambda tx: schedule_table.delete(tx, 1))
    assert await twins.both(schedule_table.read_all) == (made[1],)
