"""schemathesis in a process of its own, against a server that runs."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

# Enough to reach every rule of the schemas; a run takes some seconds.
_EXAMPLES = 8
_TIMEOUT_S = 150.0

# Each is right by its schema and may be refused all the same, by a rule that no schema can say: a key that
# another event has, a target that is not found, a type in the path to which the body does not belong, a span
# that ends before it begins.
_BEYOND_SCHEMAS = ("postEvent", "postEnvelope", "postGithub", "postHook", "getHistory")

_CONFIG = """
[generation]
deterministic = true
max-examples = {examples}

[phases.stateful]
enabled = false

[warnings]
enabled = false

[[operations]]
include-operation-id = {beyond}
checks.positive_data_acceptance.enabled = false

# A stream has no end, and schemathesis reads to the end; they are tested by clients that can stop.
[[operations]]
include-operation-id = {streams}
enabled = false
"""


async def hold_to_contract(
    url: str, folder: Path, more: str = "", *, token: str = "", document: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Holds the server at `url` to its own description; fails with what schemathesis says.

    Args:
        url: where the server is.
        folder: where the run may keep its files.
        more: further lines of its configuration.
        token: what the description is asked for with.
        document: another description than its own.

    Returns:
        Its report.
    """
    if document is None:
        document = await _described(url, token)
    (folder / "openapi.json").write_text(json.dumps(document))
    streams = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if "x-events" in operation
    ]
    config = _CONFIG.format(
        examples=_EXAMPLES, beyond=json.dumps(list(_BEYOND_SCHEMAS)), streams=json.dumps(streams)
    )
    (folder / "schemathesis.toml").write_text(config + more)
    report = folder / "report.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "openapi.json",
        "--url", url, "--no-color", "--continue-on-failure", "--report-json-path", str(report),
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, said.decode()
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found


async def _described(url: str, token: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{url}/openapi.json") as response,
    ):
        found: dict[str, Any] = await response.json()
        return found
