"""SIGKILL in the middle of a ritual: at the next start it is interrupted, and nothing was changed."""

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
from state.models import DEFAULT_UCF
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS

PROCESS = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.store.sqlite import SqliteStore
from core.runtime.kernel import build_kernel
from core.store.schema import CORE_MIGRATIONS
from core.settings import Settings
from state.change import SYSTEM
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS

async def main():
    folder = Path({folder!r})
    database = await SqliteStore.open(
        folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    kernel = build_kernel(Settings(data_dir=folder, ritual_step_s=0.002))
    collective = await open_collective(kernel, database)
    def say(*words):
        sys.stdout.write(" ".join(map(str, words)) + "\\n")
        sys.stdout.flush()
    while True:
        run = await collective.rituals.start(
            5, actor=SYSTEM, on_step=lambda step: say("step", step)
        )
        say("begun", run.id)
        await run.wait()
        say("done", run.id, collective.manager.snapshot.ucf.klesha)

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(3))
async def test_a_killed_ritual_is_interrupted_and_has_changed_nothing(tmp_path: Path, seed: int) -> None:
    lines = await run_and_kill(tmp_path, after=random.Random(seed).randrange(4, 60))
    begun = [int(words[1]) for words in lines if words[0] == "begun"]
    done = {int(words[1]): float(words[2]) for words in lines if words[0] == "done"}
    database = await SqliteStore.open(
        tmp_path / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    kernel = build_kernel(Settings(data_dir=tmp_path))
    collective = await open_collective(kernel, database)
    rituals = collective.rituals
    assert rituals.running is None
    ucf = DEFAULT_UCF
    for record in sorted(await rituals.page(0, 500), key=lambda one: one.id):
        assert record.status in {"done", "interrupted"}
        assert record.start.ucf == ucf
        if record.finish is not None:
            ucf = record.finish.ucf
            assert (await rituals.replay(record.id)).matches
            assert done.get(record.id, ucf.klesha) == ucf.klesha
        else:
            assert record.id not in done
    assert collective.manager.snapshot.ucf == ucf
    assert all([(await rituals.get(ritual)).status != "running" for ritual in begun])
    recovery = kernel.health.get("recovery")
    assert recovery is not None
    interrupted = [one for one in await rituals.page(0, 500) if one.status == "interrupted"]
    assert recovery.counters["rituals_interrupted"] == len(interrupted)
    await collective.close()
    await database.close()


async def run_and_kill(folder: Path, *, after: int) -> list[list[str]]:
    """Starts a process that runs rituals, and kills it after so many lines; gives what it said, in words."""
    code = PROCESS.format(root=str(Path(__file__).parents[3]), folder=str(folder))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    lines: list[bytes] = []
    async with asyncio.timeout(40):
        for _ in range(after):
            lines.append(await process.stdout.readline())
            assert lines[-1], "the process ended by itself"
        process.send_signal(signal.SIGKILL)
        rest = await process.stdout.read()
        await process.wait()
    # The last line may be cut; only whole ones were said.
    return [line.decode().split() for line in (*lines, *rest.split(b"\n")[:-1])]
