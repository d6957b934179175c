"""The journal and the history of the six numbers."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec
import pytest

from core.errors import HelixError
from core.store import Store
from state.change import Change, JournalRow
from state.journal import Journal
from state.manager import StateManager
from state.models import DEFAULT_UCF, Snapshot
from tests.manual_clock import ManualClock


def constant(change: Change, _: Snapshot) -> Change:
    return change


@pytest.fixture
def journal(database: Store) -> Journal:
    return Journal(database)


def row(subject: str, kind: str = "ucf", **more: object) -> JournalRow:
    return msgspec.convert({"kind": kind, "subject": subject, "cause": "command", **more}, JournalRow)


async def test_an_entry_comes_back_as_it_was_kept(
    manager: StateManager, journal: Journal, clock: ManualClock
) -> None:
    kept = row(
        "harmony", actor="Ana ✨", actor_id=2**63 - 1, reason="calm", before=0.5, after={"x": [1, None]}
    )
    await manager.record(kept)
    (entry,) = await journal.entries()
    assert entry.at == clock.now()
    assert msgspec.convert(msgspec.structs.asdict(entry), JournalRow) == kept


async def test_entries_come_newest_first_and_in_pages(manager: StateManager, journal: Journal) -> None:
    await manager.record(*(row(f"s{number}") for number in range(7)))
    first = await journal.entries(limit=3)
    second = await journal.entries(limit=3, before_id=first[-1].id)
    assert [entry.subject for entry in (*first, *second)] == ["s6", "s5", "s4", "s3", "s2", "s1"]


async def test_entries_are_chosen_by_subject_kind_and_time(
    manager: StateManager, journal: Journal, clock: ManualClock
) -> None:
    await manager.record(row("Gemini", "agent"), row("Gemini", "report"), row("harmony"))
    clock.advance(100)
    later = clock.now()
    await manager.record(row("Gemini", "agent"))
    assert await journal.count(subject="gemini") == 3
    assert await journal.count(subject="gemini", kinds=("agent",)) == 2
    assert await journal.count(kinds=()) == 0
    assert await journal.count(since=later) == 1
    assert len(await journal.entries(subject="GEMINI", kinds={"agent", "report"}, since=later)) == 1


@pytest.mark.parametrize(("limit", "given"), [(0, 0), (-1, 0), (10_000, 500)])
async def test_no_page_is_larger_than_the_bound(
    manager: StateManager, journal: Journal, limit: int, given: int
) -> None:
    await manager.record(*(row("s") for _ in range(510)))
    assert len(await journal.entries(limit=limit)) == given


async def test_long_texts_are_cut(manager: StateManager, journal: Journal) -> None:
    await manager.record(row("s" * 500, actor="a" * 500, reason="r" * 5000))
    (entry,) = await journal.entries()
    assert (len(entry.subject), len(entry.actor or ""), len(entry.reason or "")) == (100, 100, 1000)


@pytest.mark.parametrize("value", ["x" * 70_000, object()])
async def test_what_cannot_be_kept_is_refused_whole(
    manager: StateManager, journal: Journal, value: object
) -> None:
    bad = JournalRow(kind="x", subject="x", cause="system", after=value)
    ucf = msgspec.structs.replace(DEFAULT_UCF, zoom=1.1)
    with pytest.raises(HelixError):
        await manager.change(lambda _: Change(ucf=ucf, journal=(row("fine"), bad)))
    assert await journal.count() == 0
    assert manager.snapshot.version == 1


async def test_the_ucf_of_a_moment_is_the_one_that_held_then(
    manager: StateManager, journal: Journal, clock: ManualClock
) -> None:
    start = clock.now()
    clock.advance(60)
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.9)))
    assert await journal.ucf_at(start - timedelta(seconds=1)) is None
    assert await journal.ucf_at(start) == DEFAULT_UCF
    assert await journal.ucf_at(start + timedelta(seconds=59)) == DEFAULT_UCF
    assert (await journal.ucf_at(start + timedelta(days=9))) == manager.snapshot.ucf


async def test_pruning_removes_what_is_old_and_keeps_the_value_that_held(
    manager: StateManager, journal: Journal, clock: ManualClock
) -> None:
    for harmony in (0.6, 0.7, 0.8):
        clock.advance(3600)
        ucf = msgspec.structs.replace(DEFAULT_UCF, harmony=harmony)
        await manager.change(partial(constant, Change(ucf=ucf)))
    limit = clock.now() - timedelta(minutes=30)
    assert await journal.prune(limit) == 2
    assert await journal.count() == 1
    held = await journal.ucf_at(limit)
    assert held is not None
    assert held.harmony == 0.7
    assert await journal.ucf_at(limit - timedelta(hours=1)) is None


async def test_pruning_works_in_pieces(
    manager: StateManager, journal: Journal, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.journal._PRUNE_CHUNK", 10)
    await manager.record(*(row("s") for _ in range(35)))
    clock.advance(1)
    assert await journal.prune(clock.now()) == 35
    assert await journal.count() == 0


async def test_numbers_are_not_used_again_after_pruning(
    manager: StateManager, journal: Journal, clock: ManualClock
) -> None:
    await manager.record(row("one"))
    (before,) = await journal.entries()
    clock.advance(1)
    await journal.prune(clock.now())
    await manager.record(row("two"))
    (after,) = await journal.entries()
    assert after.id > before.id
