"""One place removes what has had its time."""

from __future__ import annotations

from state.change import SYSTEM, Actor
from state.journal import Journal
from state.manager import StateManager
from state.retention import Retention


async def prune_three() -> int:
    return 3


async def prune_none() -> int:
    return 0


async def test_it_says_what_went_and_journals_it(manager: StateManager) -> None:
    retention = Retention(manager)
    retention.add("journal", prune_three, "365 days")
    retention.add("probes", prune_none, "8 days")
    cleaned = await retention.clean(SYSTEM)
    assert (cleaned.removed, cleaned.total) == ({"journal": 3, "probes": 0}, 3)
    assert retention.rules() == {"journal": "365 days", "probes": "8 days"}
    (entry,) = await Journal(manager._database).entries()
    assert (entry.kind, entry.subject, entry.after) == ("storage", "clean", {"journal": 3, "probes": 0})


async def test_a_round_with_nothing_to_do_is_not_journalled_but_a_persons_is(manager: StateManager) -> None:
    retention = Retention(manager)
    retention.add("probes", prune_none, "8 days")
    await retention.run_once()
    assert await Journal(manager._database).count() == 0
    await retention.clean(Actor("command", "Ada", 7))
    (entry,) = await Journal(manager._database).entries()
    assert entry.actor == "Ada"
