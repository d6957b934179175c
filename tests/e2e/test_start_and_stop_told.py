"""Subscribers hear of a start and of a stop; who does not answer delays nothing, and hears of it later."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from tests.core.webhooks.receiver import Receiver, receiving
from tests.e2e.helix_process import helix, sandbox_env


def types(receiver: Receiver) -> list[str]:
    found = [json.loads(got.body)["type"] for got in receiver.got]
    return [kind for kind in found if kind.startswith("system.")]


async def test_a_start_and_a_stop_are_told(tmp_path: Path, database: Mapping[str, str]) -> None:
    async with (
        receiving() as receiver,
        helix(env=sandbox_env(tmp_path, ZAPIER_WEBHOOK_URL=receiver.url, **database)) as process,
    ):
        await process.ready()
        await receiver.until(1)
        assert await process.terminate() == 0
        assert "Traceback" not in process.output
        assert receiver.url not in process.output
        assert types(receiver) == ["system.started", "system.stopping"]


async def test_a_receiver_that_hangs_does_not_delay_a_stop_and_hears_of_it_after_the_next_start(
    tmp_path: Path, database: Mapping[str, str]
) -> None:
    async with receiving() as receiver:
        env = sandbox_env(tmp_path, ZAPIER_WEBHOOK_URL=receiver.url, SHUTDOWN_S="4", **database)
        receiver.hang = True
        async with helix(env=env) as process:
            await process.ready()
            await receiver.until(1)
            assert await process.terminate() == 0
            assert "stop.cut_off" not in process.output
            assert "webhooks.stop_not_sent_yet" in process.output
        receiver.hang = False
        receiver.released.set()
        first = len(receiver.got)
        async with helix(env=env) as process:
            await process.ready()
            async with asyncio.timeout(40):
                while "system.stopping" not in types(receiver)[first:]:
                    await asyncio.sleep(0.02)
