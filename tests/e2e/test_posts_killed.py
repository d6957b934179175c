"""An effect on Discord whose process is killed between the post and the "done" is posted once."""

import asyncio
import signal
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import aiohttp
import psycopg
import pytest

from sandbox import Sandbox
from sandbox.events import Event
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import HelixProcess, helix

TOKEN = "a-token-for-simple-senders"
HOUR_US = 3_600_000_000


@contextmanager
def killed_by_its_post(sandbox: Sandbox, process: HelixProcess, channel: int) -> Iterator[None]:
    """The process dies when its post is there, before it can hear so."""

    def hear(event: Event) -> None:
        if event.name != "MESSAGE_CREATE":
            return
        message = event.data(sandbox.users["owner"])
        if message["author"]["id"] == str(sandbox.application_id) and message["channel_id"] == str(channel):
            process.send(signal.SIGKILL)

    stop = sandbox.engine.bus.subscribe(hear)
    try:
        yield
    finally:
        stop()


def posted(sandbox: Sandbox, channel: int) -> list[str]:
    (place,) = (one for one in sandbox.engine.world.all_channels() if one.id == channel)
    return [one.content for one in place.messages.values() if one.author_id == sandbox.application_id]


async def send(process: HelixProcess, channel: int) -> str:
    body = {"channel": str(channel), "content": "Hello @everyone from outside"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{await process.http()}/webhooks/message.post", json=body) as response,
    ):
        assert response.status == 202, await response.text()
        answer: dict[str, Any] = await response.json()
        return str(answer["id"])


async def done(process: HelixProcess, event_id: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{await process.http()}/webhooks/events/{event_id}"
    async with asyncio.timeout(30), aiohttp.ClientSession(headers=headers) as session:
        while True:
            async with session.get(url) as response:
                answer: dict[str, Any] = await response.json()
            if answer["status"] in {"done", "dead"}:
                return answer
            await asyncio.sleep(0.02)


def an_hour_passes(sandbox: Sandbox, env: Mapping[str, str]) -> None:
    """What was begun was begun an hour ago, and Discord has forgotten the nonce."""
    sandbox.engine.messages._nonces.clear()
    aged = f"UPDATE handling SET first_us = first_us - {HOUR_US}"  # noqa: S608 - a constant
    if url := env.get("DATABASE_URL"):
        with psycopg.connect(url) as server:
            server.execute(aged.encode())
        return
    with closing(sqlite3.connect(f"{env['HELIX_DATA_DIR']}/helix.db")) as connection, connection:
        connection.execute(aged)


@pytest.mark.parametrize("after_an_hour", [False, True])
async def test_the_post_of_a_killed_process_is_made_once_and_its_twin_is_made_too(
    sandbox: Sandbox, on_sandbox: Settings, after_an_hour: bool, database: Mapping[str, str]
) -> None:
    channel = sandbox.channel("general")
    env = on_sandbox(WEBHOOK_TOKEN=TOKEN, POST_CHANNEL_IDS=str(channel), **database)
    async with helix(env=env) as process:
        await process.ready()
        with killed_by_its_post(sandbox, process, channel):
            event = await send(process, channel)
            assert await process.exit_code() == -signal.SIGKILL
    assert len(posted(sandbox, channel)) == 1
    if after_an_hour:
        await asyncio.to_thread(an_hour_passes, sandbox, env)
    async with helix(env=env) as process:
        await process.ready()
        answer = await done(process, event)
        assert (answer["status"], answer["handlers"][0]["attempts"]) == ("done", 2)
        assert len(posted(sandbox, channel)) == 1
        assert (await done(process, await send(process, channel)))["status"] == "done"
        assert await process.terminate() == 0
    assert posted(sandbox, channel) == ["Hello @everyone from outside"] * 2
