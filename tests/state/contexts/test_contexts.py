"""Checkpoints: taken, found, bounded, and restored as one change."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store import Store
from core.suggestions import closest
from state import contexts as contexts_module
from state.agents import AgentView
from state.change import Actor, Change
from state.contexts import Contexts, StateMoved, UnknownContext, last_rituals
from state.contexts import context_table as table
from state.contexts.records import LONGEST_NAME, WrongName, clean_name, numbered
from state.journal import Journal
from state.manager import StateManager
from state.models import DEFAULT_UCF, AgentReport, Lore
from state.opening import open_collective
from tests.manual_clock import ManualClock

ADA = Actor("command", "Ada", 5)
BOB = Actor("command", "Bob", 6)


def agents() -> tuple[AgentView, ...]:
    return (
        AgentView(
            name="Vega", symbol="🌠", layer="Consciousness", role="safety", subsystem="breakers",
            status="active", external=False, detail="x" * 300, task="t" * 300,
        ),
    )  # fmt: skip


@pytest.fixture
def contexts(manager: StateManager, database: Store, clock: ManualClock) -> Contexts:
    return Contexts(manager, database, clock, agents=agents, rituals=last_rituals)


async def tune(manager: StateManager, **values: float) -> None:
    await manager.change(lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune"))


async def learn(manager: StateManager, encounters: int, clock: ManualClock) -> None:
    lore = {"flare": Lore(kind="flare", encounters=encounters, last_seen=clock.now())}
    await manager.change(lambda _: Change(folklore=lore, source="ritual"))


async def test_a_checkpoint_keeps_state_agents_and_who_asked(
    contexts: Contexts, manager: StateManager, clock: ManualClock
) -> None:
    await learn(manager, 3, clock)
    kept = await contexts.archive("  before \n the storm ", ADA, note="clouds")
    found = await contexts.find("BEFORE the  Storm")
    assert found == kept
    assert (found.name, found.actor, found.note, found.newest) == ("before the storm", "Ada", "clouds", True)
    assert found.version == manager.snapshot.version
    assert found.content.ucf == manager.snapshot.ucf
    assert found.content.folklore["flare"].encounters == 3
    assert [(one.name, one.status, len(one.detail), len(one.task or "")) for one in found.content.agents] == [
        ("Vega", "active", 200, 200)
    ]


async def test_a_checkpoint_is_journalled(contexts: Contexts, database: Store) -> None:
    await contexts.archive("storm", ADA, note="clouds")
    entry = (await Journal(database).entries(kinds=["context"]))[0]
    assert (entry.subject, entry.actor, entry.reason, entry.after) == ("storm", "Ada", "clouds", {"kept": 1})


async def test_a_name_taken_again_means_the_newest_and_older_ones_have_their_number(
    contexts: Contexts, manager: StateManager
) -> None:
    first = await contexts.archive("storm", ADA)
    await tune(manager, harmony=0.9)
    second = await contexts.archive("STORM", BOB)
    assert (await contexts.find("storm")).id == second.id
    older = await contexts.find(f"#{first.id}")
    assert older.content.ucf.harmony == 0.5
    assert not older.newest
    assert await contexts.names() == ("STORM", "defaults")
    assert [(one.name, one.newest) for one in await contexts.page()] == [("STORM", True), ("storm", False)]


async def test_an_unknown_name_is_answered_with_the_nearest(contexts: Contexts) -> None:
    with pytest.raises(UnknownContext, match="None has been saved yet"):
        await contexts.find("storm")
    await contexts.archive("before the storm", ADA)
    with pytest.raises(UnknownContext, match="Did you mean `before the storm`"):
        await contexts.find("before the strom")
    with pytest.raises(UnknownContext, match="`/contexts` lists them"):
        await contexts.find("#999999999999999999999999")


async def test_the_nearest_name_is_searched_in_a_thread(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def noting(name: str, known: Collection[str]) -> str | None:
        threads.append(threading.get_ident())
        return closest(name, known)

    monkeypatch.setattr(contexts_module, "closest", noting)
    await contexts.archive("storm", ADA)
    with pytest.raises(UnknownContext, match="Did you mean `storm`"):
        await contexts.find("strom")
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_the_last_finished_rituals_are_kept_with_it(tmp_path: Path, database: Store) -> None:
    kernel = build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.0))
    collective = await open_collective(kernel, database)
    for steps in range(1, 8):
        await (await collective.rituals.start(steps, actor=ADA)).wait()
    kept = await collective.contexts.archive("storm", ADA)
    assert [(one.kind, one.steps) for one in kept.content.rituals] == [("z88", n) for n in (7, 6, 5, 4, 3)]
    assert len(kept.content.agents) == 14
    await collective.close()


async def test_the_defaults_exist_without_a_checkpoint(
    contexts: Contexts, manager: StateManager, clock: ManualClock
) -> None:
    await tune(manager, harmony=0.9)
    await learn(manager, 3, clock)
    found = await contexts.find("Defaults")
    await contexts.restore(found, ADA, shown=manager.snapshot)
    assert (manager.snapshot.ucf, dict(manager.snapshot.folklore)) == (DEFAULT_UCF, {})


async def test_a_filter_is_text_and_no_pattern(contexts: Contexts) -> None:
    await contexts.archive("100% calm", ADA)
    await contexts.archive("Storm_1", ADA)
    assert [one.name for one in await contexts.page("STORM")] == ["Storm_1"]
    assert [one.name for one in await contexts.page("%")] == ["100% calm"]
    newest = (await contexts.page())[0].id
    await contexts.archive("storm 2", ADA)
    assert len(await contexts.page("storm", newest_id=newest)) == 1


async def test_a_person_over_the_limit_loses_only_their_own_checkpoints(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_PER_PERSON", 3)
    await contexts.archive("of Bob", BOB)
    for number in range(5):
        await contexts.archive(f"of Ada {number}", ADA)
    assert [one.name for one in await contexts.page()] == ["of Ada 4", "of Ada 3", "of Ada 2", "of Bob"]


async def test_a_program_over_the_limit_deletes_no_checkpoints_of_people(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_PER_PROGRAM", 2)
    await contexts.archive("of Bob", BOB)
    await contexts.archive("of a directive", Actor("directive"))
    for number in range(4):
        await contexts.archive(f"hour {number}", Actor("webhook"))
    names = [one.name for one in await contexts.page()]
    assert names == ["hour 3", "hour 2", "of a directive", "of Bob"]


async def test_the_number_of_checkpoints_is_limited(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST", 2)
    for number in range(3):
        await contexts.archive(f"number {number}", Actor("directive"))
    assert [one.name for one in await contexts.page()] == ["number 2", "number 1"]


async def test_a_restore_puts_back_ucf_and_folklore_and_nothing_else(
    contexts: Contexts, manager: StateManager, database: Store, clock: ManualClock
) -> None:
    kept = await contexts.archive("storm", ADA)
    await tune(manager, harmony=0.9, klesha=0.4)
    await learn(manager, 7, clock)
    report = AgentReport(agent="Vega", status="active", reported_at=clock.now())
    await manager.change(lambda _: Change(reports={"Vega": report}, source="webhook"))
    before = manager.snapshot
    after = await contexts.restore(kept, BOB, shown=before)
    assert (after.version, after.source) == (before.version + 1, "restore")
    assert (after.ucf, dict(after.folklore)) == (kept.content.ucf, {})
    assert dict(after.reports) == {"Vega": report}
    rows = await Journal(database).entries(limit=4)
    assert {(one.kind, one.subject, one.actor) for one in rows} == {
        ("context", "storm", "Bob"),
        ("ucf", "harmony", "Bob"),
        ("ucf", "klesha", "Bob"),
        ("folklore", "flare", "Bob"),
    }
    assert next(one.after for one in rows if one.kind == "context") == {"restored": kept.id, "version": 1}
    assert all("version 1" in (one.reason or "") for one in rows if one.kind != "context")


async def test_a_restore_is_refused_if_the_state_has_changed(
    contexts: Contexts, manager: StateManager
) -> None:
    kept = await contexts.archive("storm", ADA)
    await tune(manager, harmony=0.9)
    shown = manager.snapshot
    await tune(manager, harmony=0.8)
    with pytest.raises(StateMoved):
        await contexts.restore(kept, ADA, shown=shown)
    assert manager.snapshot.ucf.harmony == 0.8


async def test_a_restore_is_refused_if_only_the_folklore_has_changed(
    contexts: Contexts, manager: StateManager, clock: ManualClock
) -> None:
    kept = await contexts.archive("storm", ADA)
    shown = manager.snapshot
    await learn(manager, 4, clock)
    with pytest.raises(StateMoved):
        await contexts.restore(kept, ADA, shown=shown)
    assert manager.snapshot.folklore["flare"].encounters == 4


async def test_a_heartbeat_does_not_prevent_a_restore(
    contexts: Contexts, manager: StateManager, clock: ManualClock
) -> None:
    kept = await contexts.archive("storm", ADA)
    await tune(manager, harmony=0.9)
    shown = manager.snapshot
    report = AgentReport(agent="Vega", status="active", reported_at=clock.now())
    await manager.change(lambda _: Change(reports={"Vega": report}, source="webhook"))
    assert (await contexts.restore(kept, ADA, shown=shown)).ucf.harmony == 0.5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "needs a name"),
        (" \u200b\n", "needs a name"),
        ("#12", "Choose another"),
        ("Defaults", "starts with"),
        ("x" * 65, "has 65"),
    ],
)
def test_a_wrong_name_is_reported(name: str, said: str) -> None:
    with pytest.raises(WrongName, match=said):
        clean_name(name)


@pytest.mark.parametrize("name", ["❤\ufe0f\u200d🔥", "می\u200cخواهم"])
def test_a_name_keeps_the_joiners_that_shape_it(name: str) -> None:
    assert clean_name(name) == name


def test_a_name_that_is_too_long_is_reported() -> None:
    with pytest.raises(WrongName, match="has 65"):
        clean_name("x" * 65)


@given(st.text())
def test_a_clean_name_is_one_short_line_and_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except WrongName:
        return
    assert 1 <= len(name) <= LONGEST_NAME
    assert len(name.splitlines()) == 1
    assert clean_name(name) == name
    assert numbered(name) is None
