"""The sandbox forgets everything, so what was remembered about an earlier one goes."""

import sqlite3
from pathlib import Path

from tests.e2e.helix_process import helix, sandbox_env


async def test_nothing_of_an_earlier_sandbox_piles_up(tmp_path: Path) -> None:
    scopes = []
    for _ in range(2):
        async with helix(env=sandbox_env(tmp_path)) as process:
            await process.wait_for("slash.registered")
            await process.ready()
            assert await process.terminate() == 0
        with sqlite3.connect(tmp_path / "helix.db") as connection:
            rows = connection.execute("SELECT scope FROM remembered WHERE scope LIKE 'sandbox#%'").fetchall()
        connection.close()
        # Parts of the bot have scopes of their own below the application's.
        scopes.append({"#".join(str(scope).split("#")[:2]) for (scope,) in rows})
    assert len(scopes[0]) == len(scopes[1]) == 1
    assert scopes[0] != scopes[1]
