"""One place removes what has had its time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from state.change import SYSTEM, Actor
from state.journal import Journal
from state.manager import StateManager
from state.opening import open_collective
from state.privacy.retention import Retention


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


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_copies_from_before_a_schema_change_go_once_there_is_a_good_backup(
    kernel: Kernel, database: Store, tmp_path: Path
) -> None:
    old, fresh = tmp_path / "helix.db.v12.bak", tmp_path / "helix.db.v13.bak"
    now_s = kernel.clock.now().timestamp()
    for copy, days in ((old, 31), (fresh, 29)):
        copy.touch()
        os.utime(copy, (now_s - days * 86400,) * 2)
    collective = await open_collective(kernel, database)
    assert (await collective.retention.clean()).removed["copies"] == 0
    await collective.backups.create(Actor("command", "Ada", 7))
    assert (await collective.retention.clean()).removed["copies"] == 1
    assert (old.exists(), fresh.exists()) == (False, True)
    await collective.close()


async def test_it_says_of_what_bounds_itself_how_much_stays(kernel: Kernel, database: Store) -> None:
    collective = await open_collective(kernel, database)
    rules = collective.retention.rules()
    assert rules["directives"] == "the newest 1000"
    removed = (await collective.retention.clean()).removed
    assert set(removed) < set(rules)
    assert "checkpoints" not in removed
    await collective.close()
