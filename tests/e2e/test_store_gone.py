"""A real process whose data folder goes while it runs: nothing more is said to be kept."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.helix_process import get_json, helix, sandbox_env

SHIFT = {"reason": "test", "shift": {"harmony": 0.001}}
SENDERS = 8


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_log(folder: Path) -> None:
    (folder / "helix.db-wal").unlink()


@pytest.mark.parametrize("way", [remove_folder, remove_log])
async def test_no_event_is_accepted_after_the_store_is_gone(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    folder = tmp_path / "data"
    async with helix(env=sandbox_env(folder, LOG_LEVEL="ERROR")) as process:
        url = await process.http()
        await process.ready()
        gone = asyncio.Event()
        answers: list[tuple[bool, int]] = []

        async def send(session: aiohttp.ClientSession) -> None:
            refused = 0
            while refused < 10:
                begun_after = gone.is_set()
                async with session.post(f"{url}/webhooks/ucf.update", json=SHIFT) as response:
                    answers.append((begun_after, response.status))
                    refused += response.status == 503
                if len(answers) == 50:
                    way(folder)
                    gone.set()

        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            await asyncio.gather(*(send(session) for _ in range(SENDERS)))
        assert {status for begun_after, status in answers if begun_after} == {503}
        assert (False, 202) in answers
        ready = await get_json(f"{url}/health/ready")
        assert "store" in str(ready["missing"])
        assert await process.terminate() == 0
