"""SIGKILL at random moments: what was acknowledged is there, and nothing of ours is taken for an edit."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from tests.state.world import World

PROCESS = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
import msgspec
from core.store.sqlite import SqliteStore
from core.runtime.kernel import build_kernel
from core.store.schema import CORE_MIGRATIONS
from core.settings import Settings
from state.change import Change
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS

async def main():
    folder = Path({folder!r})
    database = await SqliteStore.open(
        folder / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0"
    )
    kernel = build_kernel(Settings(data_dir=folder))
    collective = await open_collective(kernel, database)
    kernel.supervisor.start()
    step = 0
    while True:
        step += 1
        def change(old):
            return Change(ucf=msgspec.structs.replace(old.ucf, harmony=(step % 200) / 100), source="tune")
        snapshot = await collective.manager.change(change)
        sys.stdout.write(f"{{snapshot.version}} {{snapshot.ucf.harmony}}\\n")
        sys.stdout.flush()
        await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(3))
async def test_a_killed_collective_comes_back_as_it_was(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2):
        version, harmony = await run_and_kill(tmp_path, after=chance.randrange(1, 60))
        world = World(tmp_path)
        await world.start()
        assert world.manager.snapshot.version >= version
        if world.manager.snapshot.version == version:
            assert world.ucf.harmony == harmony
        assert world.read() == world.ucf
        assert await world.taken() == []
        await world.stop()


async def run_and_kill(folder: Path, *, after: int) -> tuple[int, float]:
    """Starts a process that changes the state, and kills it; gives the last change it acknowledged."""
    code = PROCESS.format(root=str(Path(__file__).parents[2]), folder=str(folder))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(40):
        for _ in range(after):
            last = await process.stdout.readline()
            assert last, "the process ended by itself"
        process.send_signal(signal.SIGKILL)
        rest = await process.stdout.read()
        await process.wait()
    # The last line may be cut; only whole ones were acknowledged.
    whole = [last, *rest.split(b"\n")[:-1]]
    version, harmony = whole[-1].split()
    return int(version), float(harmony)
