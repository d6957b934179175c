"""SIGKILL at random moments: what was acknowledged is there, whole and in order."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore

PAIRS = Migration(
    10, "pairs", ("CREATE TABLE lefts (n INTEGER PRIMARY KEY)", "CREATE TABLE rights (n INTEGER PRIMARY KEY)")
)
ALL = (*CORE_MIGRATIONS, PAIRS)

WRITER = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.store.sqlite import SqliteStore
from core.store.migrations import Migration
from core.store.schema import CORE_MIGRATIONS

PAIRS = Migration(10, "pairs", {statements!r})

async def main():
    database = await SqliteStore.open(Path({path!r}), (*CORE_MIGRATIONS, PAIRS), app_version="0.1.0")
    turn = iter(range({start}, 10**9))

    def pair(number):
        def work(connection):
            connection.execute("INSERT INTO lefts VALUES (?)", (number,))
            connection.execute("INSERT INTO rights VALUES (?)", (number,))
        return work

    async def many():
        for number in turn:
            await database.write(pair(number))
            sys.stdout.write(f"{{number}}\\n")
            sys.stdout.flush()

    await asyncio.gather(*(many() for _ in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "helix.db"
    acknowledged: set[int] = set()
    for _ in range(2):
        start = max(acknowledged, default=0) + 1000
        acknowledged |= await run_and_kill(path, start, after=chance.randrange(1, 120))
        database = await SqliteStore.open(path, ALL, app_version="0.1.0")
        assert database.recovery.unclean
        lefts = await database.read(lambda c: c.execute("SELECT n FROM lefts").fetchall())
        rights = await database.read(lambda c: c.execute("SELECT n FROM rights").fetchall())
        assert lefts == rights
        assert acknowledged <= {row[0] for row in lefts}
        await database.close()


async def run_and_kill(path: Path, start: int, *, after: int) -> set[int]:
    """Starts a process that writes, kills it when so many writes are acknowledged; gives all that were."""
    root = str(Path(__file__).parents[3])
    code = WRITER.format(root=root, statements=PAIRS.statements, path=str(path), start=start)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    seen: set[int] = set()
    async with asyncio.timeout(30):
        while len(seen) < after:
            line = await process.stdout.readline()
            assert line, "the writer ended by itself"
            seen.add(int(line))
        process.send_signal(signal.SIGKILL)
        rest = await process.stdout.read()
        await process.wait()
    # The last line may be cut; only whole ones were acknowledged.
    return seen | {int(line) for line in rest.split(b"\n")[:-1]}
