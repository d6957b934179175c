"""What the server says of itself in /openapi.json, held against what it does, by schemathesis."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.contract import hold_to_contract
from tests.e2e.helix_process import HelixProcess, get_json, helix, sandbox_env
from web.routes.table import ROUTES

pytestmark = pytest.mark.timeout(300)

# What the tokens change is what every call of an operation meets first.
_WITHOUT_FUZZING = "\n[phases.fuzzing]\nenabled = false\n"
# The whole of a run comes from one client within seconds.
_UNLIMITED = {"RATE_LIMIT_PER_MINUTE": "0", "WEBHOOK_RATE_LIMIT_PER_MINUTE": "0"}
_TESTED = len([spec for spec in ROUTES if spec.stream is None])


def assert_all_was_tried_and_nothing_broke(report: dict[str, Any], process: HelixProcess) -> None:
    assert report["complete"]
    assert report["operations"]["tested"] == _TESTED
    assert report["test_cases"]["generated"] > 20 * _TESTED
    assert report["failures"] == report["errors"] == []
    assert "incident" not in process.output


async def test_in_the_sandbox_where_anybody_may_do_everything(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    async with helix(env=sandbox_env(tmp_path / "data", **_UNLIMITED, **database)) as process:
        await process.ready()
        url = await process.http()
        report = await hold_to_contract(url, tmp_path)
        assert_all_was_tried_and_nothing_broke(report, process)
        accepted = report["valid_rates"]["POST /webhooks"]["examples"]["accepted"]
        assert accepted > 5, "the samples of events in the document are no longer taken"
        assert (await get_json(f"{url}/health/ready"))["status"] == "ready"
        assert await process.terminate() == 0


async def test_where_tokens_are_needed(tmp_path: Path) -> None:
    tokens = {"READ_TOKEN": "to-read-with-0123456789", "WEBHOOK_TOKEN": "to-send-with-0123456789"}
    auth = "".join(
        f"\n[auth.openapi.{scheme}]\n{kind} = {json.dumps(tokens[name])}\n"
        for scheme, kind, name in (
            ("readToken", "bearer", "READ_TOKEN"),
            ("webhookToken", "bearer", "WEBHOOK_TOKEN"),
            ("helixToken", "api_key", "WEBHOOK_TOKEN"),
        )
    )
    async with helix(env=sandbox_env(tmp_path / "data", **_UNLIMITED, **tokens)) as process:
        await process.ready()
        url = await process.http()
        report = await hold_to_contract(url, tmp_path, auth + _WITHOUT_FUZZING, token=tokens["READ_TOKEN"])
        assert_all_was_tried_and_nothing_broke(report, process)
        assert await process.terminate() == 0
    assert not any(token in process.output for token in tokens.values())


async def test_a_description_that_is_not_true_is_found_out(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path / "data", **_UNLIMITED)) as process:
        await process.ready()
        url = await process.http()
        document = await get_json(f"{url}/openapi.json")
        document["paths"] = {path: document["paths"][path] for path in ("/status", "/metrics")}
        document["components"]["schemas"]["Status"]["properties"]["version"] = {"type": "integer"}
        del document["paths"]["/metrics"]["get"]["responses"]["400"]
        with pytest.raises(AssertionError) as found:
            await hold_to_contract(url, tmp_path, document=document)
    assert "Response violates schema" in str(found.value)
    assert "Undocumented status code" in str(found.value)
