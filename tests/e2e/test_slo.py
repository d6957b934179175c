"""What /slo is measured by survives the process."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix


def kept(folder: Path) -> list[tuple[int, int, dict[str, object]]]:
    """When each measured time ended, how long it was, what was counted in it."""
    with closing(sqlite3.connect(folder / "helix.db")) as connection:
        rows = connection.execute("SELECT at_us, span_us, sums FROM slo_minutes ORDER BY id")
        return [(at_us, span_us, json.loads(sums)) for at_us, span_us, sums in rows]


async def test_what_was_counted_is_there_after_a_restart_and_the_time_away_is_known(
    on_sandbox: Settings, tmp_path: Path
) -> None:
    async with helix(env=on_sandbox()) as process:
        await process.ready()
        async with aiohttp.ClientSession(await process.http()) as session:
            for _ in range(120):
                async with session.get("/ucf") as response:
                    assert response.status == 200
        assert await process.terminate() == 0
    async with helix(env=on_sandbox()) as process:
        await process.ready()
        report = await get_json(f"{await process.http()}/slo")
        metrics = (await get_json(f"{await process.http()}/metrics?format=json"))["metrics"]
        assert await process.terminate() == 0
    found = {promise["name"]: promise for promise in report["promises"]}
    assert found["error_rate"]["samples"] >= 120
    assert (found["error_rate"]["value"], found["error_rate"]["met"]) == (0.0, True)
    assert found["hit_rate"]["value"] > 0.9
    assert found["response_p95"]["samples"] >= 120
    # Ten minutes are needed to judge by.
    assert (found["uptime"]["value"], found["uptime"]["met"]) == (None, None)
    values = {one["labels"]["promise"]: one["value"] for one in metrics["helix_slo_value"]["samples"]}
    assert values["error_rate"] == 0.0
    assert "uptime" not in values
    first, away, second = kept(tmp_path / "data")
    assert 0 < first[2]["up_s"] * 1e6 <= first[1] + 1  # type: ignore[operator]  # a number, as it was written
    assert (away[2], away[1]) == ({}, away[0] - first[0])
    assert second[0] - second[1] >= away[0] - 1_000_000
    assert "up_s" in second[2]
