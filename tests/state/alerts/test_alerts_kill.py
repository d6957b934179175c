"""SIGKILL while a value crosses its bounds over and over: no alert is lost, and none is there twice."""

from __future__ import annotations

from pathlib import Path

import msgspec

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.tx import Tx
from state.alerts.hysteresis import compare
from state.models import DEFAULT_UCF
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from tests.state.test_kill import run_and_kill


async def test_after_a_kill_the_alerts_are_those_of_the_history(tmp_path: Path) -> None:
    for after in (5, 45, 90):
        await run_and_kill(tmp_path, after=after)
        database = await SqliteStore.open(
            tmp_path / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
        )
        collective = await open_collective(build_kernel(Settings(data_dir=tmp_path)), database)
        raised, still_open = await database.read(replay)
        assert len(await collective.alerts.newest(limit=500)) == raised
        assert {alert.key for alert in collective.alerts.open()} == still_open
        await collective.close()
        await database.close()


def replay(tx: Tx) -> tuple[int, set[str]]:
    """How many alerts the whole history raises, and which are open at its end."""
    count = 0
    open_keys: set[str] = set()
    for (harmony,) in tx.execute("SELECT harmony FROM ucf_history ORDER BY version"):
        raised, cleared = compare(open_keys, msgspec.structs.replace(DEFAULT_UCF, harmony=harmony))
        count += len(raised)
        open_keys |= {rule.key for rule in raised}
        open_keys -= {rule.key for rule in cleared}
    return count, open_keys
