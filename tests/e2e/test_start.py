"""What the first second after a start looks like from outside."""

from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from bench._process import free_port
from core.settings import TABLE
from tests.e2e.helix_process import get_json, helix, sandbox_env
from tests.e2e.test_stop import HANG, before_import


async def test_ready_means_that_everything_built_has_reported(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    async with helix(env=sandbox_env(tmp_path, **database)) as process:
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


@pytest.mark.parametrize("module", ["state.schema", "aiohttp", "bot.app"])
async def test_while_it_imports_it_lives_and_tells_others_to_come_back(tmp_path: Path, module: str) -> None:
    port = str(free_port())
    hanging = before_import(tmp_path / "hooks", module, HANG)
    async with helix(env=sandbox_env(tmp_path / "data", PORT=port, SHUTDOWN_S="1", **hanging)) as process:
        await process.wait_for("the import hangs")
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/health/live") as response:
                assert (response.status, await response.json(content_type=None)) == (200, {"status": "pass"})
            for path in ("/health", "/health/ready", "/status"):
                async with session.get(path) as response:
                    assert (response.status, response.headers["Retry-After"]) == (503, "1")
                    assert "starting" in await response.text()
            async with session.post("/webhooks/zapier", data=b"x" * 100_000) as response:
                assert response.status == 503
        assert await process.terminate() == 0
        assert "Traceback" not in process.output
