"""What the first second after a start looks like from outside."""

from pathlib import Path

from core.settings import TABLE
from tests.e2e.helix_process import get_json, helix, sandbox_env


async def test_ready_means_that_everything_built_has_reported(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        await process.ready()
        http = await process.http()
        checks = (await get_json(f"{http}/health"))["checks"]
        silent = [name for name, (check,) in checks.items() if "not reported" in check.get("output", "")]
        assert silent == []
        agents = (await get_json(f"{http}/agents"))["agents"]
        # A busy machine may degrade one; what has not reported is down.
        assert {agent["status"] for agent in agents} <= {"active", "degraded"}
        assert (await get_json(f"{http}/status"))["gateway"]["status"] == "pass"


async def test_every_check_says_what_decides_it_and_which_settings_do(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path, BREAKERS_OPEN_WARN="7")) as process:
        await process.ready()
        checks = (await get_json(f"{await process.http()}/health"))["checks"]
        assert [name for name, (check,) in checks.items() if not check.get("thresholds")] == []
        thresholds = [one for (check,) in checks.values() for one in check["thresholds"]]
        shown = {name for one in thresholds for name in one["settings"]}
        health = {row.name for row in TABLE.values() if row.group == "Health"}
        assert shown - {"BACKUP_EVERY_H", "TRUSTED_PROXIES"} == health
        assert checks["breakers"][0]["thresholds"][0]["warn"] == 7


async def test_one_line_says_how_long_each_part_took(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        await process.wait_for(r"started .*lock=\d+ms .*store=\d+ms .*http=\d+ms .*discord=\d+ms")
        await process.ready()
