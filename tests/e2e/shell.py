"""Helix as a shell starts it: with redirections and limits."""

import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from tests.e2e.helix_process import ROOT

_KEPT: Final = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@asynccontextmanager
async def shell(
    line: str, env: Mapping[str, str], stdout: int = DEVNULL, stderr: int = PIPE
) -> AsyncIterator[Process]:
    """Run a line in which `helix` is `python main.py`; what it started is gone when the block ends."""
    process = await create_subprocess_exec(
        "bash", "-c", f"helix() {{ {sys.executable} {ROOT / 'main.py'} \"$@\"; }}; {line}",
        cwd=ROOT, env={**_KEPT, **env}, start_new_session=True,
        stdin=DEVNULL, stdout=stdout, stderr=stderr,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
