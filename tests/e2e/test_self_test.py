"""The self-test of a real process in its sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.chat import chatting, text_of
from tests.e2e.helix_process import helix, sandbox_env


async def test_it_ends_green_and_writes_its_report(tmp_path: Path, database: Mapping[str, str]) -> None:
    async with helix(env=sandbox_env(tmp_path, **database)) as process:
        page = await process.chat_page()
        await process.ready()
        async with chatting(page, "admin") as admin:
            asked = await admin.ask("!test-all")
            message = await admin.message_where(
                lambda m: m["id"] == asked["id"] and bool(m["attachments"]), timeout_s=40
            )
        assert "broken" not in text_of(message), text_of(message)
        assert await process.terminate() == 0
    (data,) = (tmp_path / "reports").glob("*.json")
    report = json.loads(data.read_bytes())
    assert report["outcome"] == "pass"
    names = {result["name"] for result in report["results"] if result["outcome"] == "pass"}
    assert {"route /", "route /metrics", "health http", "gateway round trip", "cog diagnostics"} <= names
    assert data.with_suffix(".md").exists()
