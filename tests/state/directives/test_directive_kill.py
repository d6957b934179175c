"""SIGKILL while directives run: at the next start each is done, and its effect happened once."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.tx import Tx
from state.collective import Collective
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS

DIRECTIVES = (
    "ritual 40",
    "archive before the storm",
    "alert raise disk.full critical",
    "backup",
    "report",
    "ritual 9",
)

PROCESS = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.store.sqlite import SqliteStore
from core.runtime.kernel import build_kernel
from core.store.schema import CORE_MIGRATIONS
from core.settings import Settings
from state.change import Actor
from state.collective import Collective
from state.opening import open_collective
from state.directives.policy import Rank
from state.schema import STATE_MIGRATIONS

async def main():
    folder = Path({folder!r})
    database = await SqliteStore.open(
        folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    kernel = build_kernel(Settings(data_dir=folder, ritual_step_s=0.002))
    collective = await open_collective(kernel, database)
    for number, text in enumerate({directives!r}):
        await collective.directives.submit(
            text, actor=Actor("test"), rank=Rank.admin, key=f"test-{{number}}"
        )
    sys.stdout.write("queued\\n")
    sys.stdout.flush()
    collective.directives.on_change(tell)
    kernel.supervisor.start()
    await asyncio.Event().wait()

def tell(directive):
    sys.stdout.write(f"{{directive.id}} {{directive.status}} {{directive.step}}\\n")
    sys.stdout.flush()

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(4))
async def test_after_kills_each_effect_has_happened_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2):
        await run_and_kill(tmp_path, after=chance.randrange(0, 70))
    database = await SqliteStore.open(
        tmp_path / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    kernel = build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.0))
    collective = await open_collective(kernel, database)
    try:
        kernel.supervisor.start()
        await all_ended(collective)
        found = await collective.directives.newest()
        assert {one.id: (one.text, one.status) for one in found} == {
            number: (text, "done") for number, text in enumerate(DIRECTIVES, start=1)
        }
        assert await database.read(effects) == {
            "rituals": 2,
            "contexts": 1,
            "alerts": 1,
            "backups": 1,
            "reports": 1,
        }
        assert await database.read(rituals_applied) == 2
    finally:
        await kernel.supervisor.stop(5)
        await collective.close()
        await database.close()


def effects(tx: Tx) -> dict[str, int]:
    """How often each effect of the directives is there."""
    queries = {
        "rituals": "SELECT count(*) FROM rituals WHERE status = 'done'",
        "contexts": "SELECT count(*) FROM contexts",
        "alerts": "SELECT count(*) FROM alerts",
        "backups": "SELECT count(*) FROM backups",
        "reports": "SELECT count(*) FROM journal WHERE kind = 'report' AND subject = 'ecosystem'",
    }
    return {name: int(tx.execute(query).fetchone()[0]) for name, query in queries.items()}


def rituals_applied(tx: Tx) -> int:
    """How many rituals have changed the field."""
    query = "SELECT count(*) FROM ucf_history WHERE source = 'ritual'"
    return int(tx.execute(query).fetchone()[0])


async def all_ended(collective: Collective) -> None:
    """Waits until no directive is open."""
    changed = asyncio.Event()
    collective.directives.on_change(lambda _: changed.set())
    async with asyncio.timeout(30):
        while True:
            changed.clear()
            if not any(one.open for one in await collective.directives.newest()):
                break
            await changed.wait()


async def run_and_kill(folder: Path, *, after: int) -> None:
    """Starts a process that asks for directives and works on them, and kills it after so many changes."""
    code = PROCESS.format(root=str(Path(__file__).parents[3]), folder=str(folder), directives=DIRECTIVES)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(40):
        assert await process.stdout.readline() == b"queued\n"
        for _ in range(after):
            line = await process.stdout.readline()
            if line == b"6 done 0\n":
                break
        process.send_signal(signal.SIGKILL)
        await process.wait()
