"""Each rule of the policy, at its border; and what is remembered of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from core.store import Store
from state.change import Actor
from state.directives.policy import (
    BACKUP_WITHIN,
    MOST_IN_AN_HOUR,
    MOST_OPEN_OF_A_PERSON,
    MOST_OPEN_OF_A_PROGRAM,
    MOST_QUEUED,
    MOST_STEPS,
    MOST_STEPS_IN_FRICTION,
    MOST_TEXT,
    Circumstances,
    Rank,
    judge,
    judge_again,
    recent,
)
from state.directives.policy_desk import PolicyDesk
from state.journal import Journal
from state.manager import StateManager
from state.models import DEFAULT_UCF
from tests.manual_clock import ManualClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADA = Actor("command", "Ada", 5)
PROGRAM = Actor("webhook")
KNOWN = {"ritual": Rank.mod, "clean": Rank.admin, "emit": Rank.admin}
CRITICAL = msgspec.structs.replace(DEFAULT_UCF, klesha=0.71)


def seen(**changes: Any) -> Circumstances:
    return msgspec.structs.replace(Circumstances(now=NOW, ucf=DEFAULT_UCF, known=KNOWN), **changes)


@pytest.mark.parametrize(
    ("action", "arguments", "asker", "circumstances", "refusal"),
    [
        ("ritul", {}, (Rank.owner, ADA), {}, ("humility", "Did you mean 'ritual'")),
        ("format-disk", {}, (Rank.owner, ADA), {}, ("humility", "Known: clean, emit, ritual")),
        ("ritual", {"steps": MOST_STEPS + 1}, (Rank.mod, ADA), {}, ("humility", "at most 1000")),
        ("emit", {"data": "x" * (MOST_TEXT + 1)}, (Rank.admin, ADA), {}, ("humility", "16000")),
        ("ritual", {"steps": 1}, (Rank.mod, ADA), {"queued": MOST_QUEUED}, ("humility", "queued already")),
        ("ritual", {"steps": 1}, (Rank.everyone, ADA), {}, ("autonomy", "Manage Server")),
        ("emit", {}, (Rank.mod, ADA), {}, ("autonomy", "an administrator")),
        (
            "ritual", {"steps": MOST_STEPS_IN_FRICTION + 1}, (Rank.mod, ADA), {"ucf": CRITICAL},
            ("nonmaleficence", "Klesha is critical")),
        ("clean", {}, (Rank.admin, ADA), {}, ("nonmaleficence", "no good backup")),
        (
            "clean", {}, (Rank.admin, ADA),
            {"last_good_backup": NOW - BACKUP_WITHIN - timedelta(seconds=1)}, ("nonmaleficence", "7 days")),
        ("ritual", {}, (Rank.mod, ADA), {"open_of_asker": MOST_OPEN_OF_A_PERSON}, ("compassion", "limit")),
        ("ritual", {}, (Rank.mod, PROGRAM), {"open_of_asker": MOST_OPEN_OF_A_PROGRAM}, ("compassion", "20")),
        ("ritual", {}, (Rank.mod, ADA), {"asked_within_hour": MOST_IN_AN_HOUR}, ("compassion", "an hour")),
    ],
)  # fmt: skip
def test_each_principle_refuses_what_breaks_its_rules(
    action: str,
    arguments: dict[str, object],
    asker: tuple[Rank, Actor],
    circumstances: dict[str, Any],
    refusal: tuple[str, str],
) -> None:
    decision = judge(action, arguments, *asker, seen(**circumstances))
    assert (decision.approved, decision.principle) == (False, refusal[0])
    assert refusal[1] in decision.reason


@pytest.mark.parametrize(
    ("action", "arguments", "asker", "circumstances"),
    [
        ("ritual", {"steps": MOST_STEPS}, (Rank.mod, ADA), {}),
        ("ritual", {"steps": MOST_STEPS_IN_FRICTION}, (Rank.mod, ADA), {"ucf": CRITICAL}),
        ("clean", {}, (Rank.admin, ADA), {"last_good_backup": NOW - BACKUP_WITHIN}),
        ("emit", {"data": "x" * MOST_TEXT}, (Rank.owner, ADA), {"queued": MOST_QUEUED - 1}),
        ("ritual", {}, (Rank.mod, ADA), {"open_of_asker": MOST_OPEN_OF_A_PERSON - 1}),
        ("ritual", {}, (Rank.mod, PROGRAM), {"open_of_asker": MOST_OPEN_OF_A_PERSON}),
        ("ritual", {}, (Rank.mod, ADA), {"asked_within_hour": MOST_IN_AN_HOUR - 1}),
    ],
)
def test_values_at_the_limits_are_approved(
    action: str,
    arguments: dict[str, object],
    asker: tuple[Rank, Actor],
    circumstances: dict[str, Any],
) -> None:
    decision = judge(action, arguments, *asker, seen(**circumstances))
    assert (decision.approved, decision.principle) == (True, "autonomy")


def test_only_nonmaleficence_is_judged_again() -> None:
    full = seen(ucf=CRITICAL, queued=MOST_QUEUED, open_of_asker=99)
    assert judge_again("ritual", {"steps": 108}, full).approved
    assert judge_again("ritual", {"steps": 109}, full).principle == "nonmaleficence"


async def test_a_decision_is_journalled_and_read_back(
    database: Store, manager: StateManager, clock: ManualClock
) -> None:
    desk = PolicyDesk(database, manager, clock, known=KNOWN, last_good_backup=lambda: None)
    approved = await desk.decide("ritual", {"steps": 9}, actor=PROGRAM, rank=Rank.mod)
    refused = await desk.decide("clean", {}, actor=ADA, rank=Rank.admin)
    rulings = await recent(Journal(database), 5)
    assert [ruling.decision for ruling in rulings] == [refused, approved]
    entry = (await Journal(database).entries(kinds=("policy",), limit=1))[0]
    assert (entry.subject, entry.actor, entry.before, entry.after) == (
        "clean", "Ada", "nonmaleficence", "refused",
    )  # fmt: skip


async def test_the_counts_of_kael_survive_a_restart(
    database: Store, manager: StateManager, clock: ManualClock
) -> None:
    first = PolicyDesk(database, manager, clock, known=KNOWN, last_good_backup=lambda: None)
    await first.decide("ritual", {"steps": 9}, actor=ADA, rank=Rank.mod)
    await first.decide("clean", {}, actor=ADA, rank=Rank.admin)
    again = PolicyDesk(database, manager, clock, known=KNOWN, last_good_backup=lambda: None)
    await again.load()
    assert first.probe() == again.probe()
    assert dict(again.probe().counters) == {"approved": 1, "refused": 1, "refused_by_nonmaleficence": 1}


async def test_an_unknown_principle_is_read_as_humility(database: Store, manager: StateManager) -> None:
    await manager.record(ADA.row("policy", "ritual", before="kindness", after="refused"))
    assert (await recent(Journal(database)))[0].decision.principle == "humility"
