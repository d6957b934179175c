"""Node.js and Zapier's packages, for the tests that run JavaScript; skipped by name where they are not."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NODE = shutil.which("node")
CURL = shutil.which("curl")
ZAPIER = ROOT / "zapier"

needs_node = pytest.mark.skipif(NODE is None, reason="there is no node")
needs_curl = pytest.mark.skipif(CURL is None, reason="there is no curl")
needs_zapier = pytest.mark.skipif(
    NODE is None or not (ZAPIER / "node_modules" / "zapier-platform-schema").is_dir(),
    reason="Zapier's packages are not installed (make zapcheck)",
)


async def run(
    *command: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Runs a program to its end; gives exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=env,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(50):
            out, err = await process.communicate(stdin)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
