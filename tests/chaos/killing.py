"""Events while the process is killed at random moments, and what is left of them afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench._process import free_port
from sandbox import Sandbox, start_sandbox
from tests.chaos.receiver import posts_of, receiving
from tests.chaos.senders import Senders
from tests.chaos.verdict import Database, judge, read_ucf, unfinished
from tests.e2e.helix_process import HelixProcess

PROGRAM: Final = Path(__file__).with_name("main_on_loopback.py")
_TOKEN: Final = "a-token-that-only-this-run-knows"
_START_S: Final = 60.0
_REST_S: Final = 180.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `wrong` is empty where nothing was lost and nothing doubled."""

    kills: int
    events: int
    unanswered: int
    repeated_posts: int
    deliveries: int
    repeated_deliveries: int
    wrong: tuple[str, ...]


async def run(
    folder: Path,
    *,
    kills: int,
    seed: int,
    report: Callable[[int, int], None] | None = None,
    server: str | None = None,
) -> Outcome:
    """Kills a process `kills` times while events come in, lets the last one finish, and judges.

    Args:
        folder: where the process keeps its data.
        kills: how often SIGKILL is sent.
        seed: what decides events and moments.
        report: called after each kill with how many there were and how many events were taken.
        server: the address of an empty database on PostgreSQL; None for a file in the folder.
    """
    rng = random.Random(seed)
    sandbox = await start_sandbox()
    try:
        return await _run(sandbox, folder, kills, rng, report, server=server)
    finally:
        await sandbox.stop()


async def _run(
    sandbox: Sandbox,
    folder: Path,
    kills: int,
    rng: random.Random,
    report: Callable[[int, int], None] | None,
    *,
    server: str | None,
) -> Outcome:
    for bucket in ("global", "default", "messages.create", "typing"):
        sandbox.engine.limits.set(bucket, 10**9, 1.0)
    channel, port = sandbox.channel("general"), free_port()
    database: Database = server or folder / "helix.db"
    async with receiving() as deliveries:
        env = {
            "DISCORD_TOKEN": sandbox.token,
            "DISCORD_API_URL": sandbox.api_url,
            "DISCORD_GATEWAY_URL": sandbox.gateway_url,
            "HOME_GUILD_ID": str(sandbox.home_guild_id),
            "POST_CHANNEL_IDS": str(channel),
            "HELIX_DATA_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WEBHOOK_TOKEN": _TOKEN,
            "ZAPIER_WEBHOOK_URL": deliveries.url,
            **({"DATABASE_URL": server} if server else {}),
        }
        before = await _first_start(env, database)
        senders = Senders(url=f"http://127.0.0.1:{port}", token=_TOKEN, channel=channel, rng=rng)
        with posts_of(sandbox, channel) as posts:
            sending = asyncio.create_task(senders.run(), name="senders")
            for kill in range(1, kills + 1):
                await _live_and_die(env, rng)
                if report is not None:
                    report(kill, len(senders.sent))
            senders.stop()
            process = await HelixProcess.start(env=env, program=PROGRAM)
            try:
                await process.ready()
                async with asyncio.timeout(_REST_S):
                    await sending
                    while await asyncio.to_thread(unfinished, database):
                        await asyncio.sleep(0.2)
                wrong = await asyncio.to_thread(judge, database, senders, posts, deliveries, before)
            finally:
                await process.kill()
        return Outcome(
            kills=kills,
            events=len(senders.sent),
            unanswered=senders.unanswered,
            repeated_posts=sum(each.tries > 1 for each in senders.sent),
            deliveries=len(deliveries.bodies),
            repeated_deliveries=deliveries.repeated,
            wrong=tuple(wrong),
        )


async def _first_start(env: dict[str, str], database: Database) -> dict[str, float]:
    """A life without an accident, from which the numbers to begin with are known."""
    process = await HelixProcess.start(env=env, program=PROGRAM)
    try:
        await process.ready()
        return await asyncio.to_thread(read_ucf, database)
    finally:
        await process.kill()


async def _live_and_die(env: dict[str, str], rng: random.Random) -> None:
    """A life that ends while starting, while serving without Discord, or in full work."""
    process = await HelixProcess.start(env=env, program=PROGRAM)
    try:
        phase = rng.random()
        if phase < 0.15:
            await asyncio.sleep(rng.uniform(0, 1.5))
        elif phase < 0.4:
            await process.wait_for(r"HTTP server", timeout_s=_START_S)
            await asyncio.sleep(rng.uniform(0, 0.5))
        else:
            await process.wait_for(r"\bready in\b", timeout_s=_START_S)
            await asyncio.sleep(rng.uniform(0, 0.8))
    finally:
        await process.kill()
