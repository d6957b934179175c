"""A Helix process of which every part was used once, and what its /metrics said then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.core.webhooks.receiver import receiving
from tests.e2e.chat import Chat, chatting, text_of
from tests.e2e.helix_process import helix, sandbox_env

FORMATS = ("text", "openmetrics")
# Requests of the scenario, by route template: method, status, how often.
REQUESTS: Mapping[str, tuple[str, str, int]] = {
    "/ucf": ("GET", "200", 120),
    "/agents/{name}": ("GET", "404", 1),
    "/agents": ("GET", "200", 3),
    "/webhooks/{event}": ("POST", "202", 3),
}

Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Scrape:
    """One answer of /metrics: as it came, and as the official client's parser read it."""

    text: str
    families: tuple[Any, ...]
    samples: Mapping[Key, float]

    def value(self, name: str, **labels: str) -> float:
        return self.samples[name, tuple(sorted(labels.items()))]


@dataclass(frozen=True)
class Scraped:
    """The same moment in all three formats; nothing happened in between but the scrapes themselves."""

    text: Scrape
    openmetrics: Scrape
    json: dict[str, Any]


async def use_everything(folder: Path, database: Mapping[str, str]) -> Scraped:
    """Starts Helix in its sandbox, on the database of these settings, uses it, and scrapes it."""
    async with (
        receiving() as receiver,
        helix(env=sandbox_env(folder, ZAPIER_WEBHOOK_URL=receiver.url, **database)) as process,
    ):
        await process.ready()
        base, page = await process.http(), await process.chat_page()
        async with (
            aiohttp.ClientSession(base) as session,
            chatting(page, "admin") as admin,
            chatting(page, "member") as member,
        ):
            await _talk(admin, member)
            async with session.get("/events") as stream, session.ws_connect("/ws") as socket:
                await stream.content.readuntil(b"event: snapshot")
                await socket.receive_json()
                await _send(session)
                await stream.content.readuntil(b"event: state")
            # system.started, ucf.changed, alert.raised, backup.completed: each is delivered.
            await receiver.until(4)
            await _read(session)
            await _until_measured(session)
            text = await _scrape(session, "text", parse_text)
            openmetrics = await _scrape(session, "openmetrics", parse_openmetrics)
            async with session.get("/metrics?format=json") as response:
                return Scraped(text, openmetrics, await response.json())


async def _talk(admin: Chat, member: Chat) -> None:
    await member.ask("!status")
    await member.ask("!coinflipp")
    await member.ask("!reload fun")
    await member.slash("agents")
    backup = await admin.ask("!backup create")
    await admin.message_where(lambda one: one["id"] == backup["id"] and "and verified" in text_of(one))


async def _send(session: aiohttp.ClientSession) -> None:
    for event, data in (
        ("ucf.update", {"set": {"harmony": 0.9}}),
        ("alert.raise", {"key": "disk-sda", "severity": "warning", "summary": "slow"}),
        ("agent.heartbeat", {"agent": "Claude", "status": "active"}),
    ):
        async with session.post(f"/webhooks/{event}", json=data) as response:
            assert response.status == 202, await response.text()
            event_id = (await response.json())["id"]
        await _until_done(session, event_id)


async def _until_done(session: aiohttp.ClientSession, event_id: str) -> None:
    async with asyncio.timeout(40):
        while True:
            async with session.get(f"/webhooks/events/{event_id}") as response:
                if (await response.json())["status"] == "done":
                    return
            await asyncio.sleep(0.02)


async def _read(session: aiohttp.ClientSession) -> None:
    paths = (*["/ucf"] * 120, "/agents/Nobody", *["/agents"] * 3)
    for path in paths:
        async with session.get(path) as response:
            await response.read()


async def _until_measured(session: aiohttp.ClientSession) -> None:
    """Wait for the first measurement of what is measured by the clock: the loop's lag, Discord's latency."""
    async with asyncio.timeout(40):
        while True:
            async with session.get("/metrics?format=json") as response:
                metrics = (await response.json())["metrics"]
            if {"helix_event_loop_lag_seconds", "discord_latency_seconds"} <= set(metrics):
                return
            await asyncio.sleep(0.02)


async def _scrape(session: aiohttp.ClientSession, name: str, parse: Any) -> Scrape:
    async with session.get("/metrics", params={"format": name}) as response:
        assert response.status == 200
        text = await response.text()
    families = tuple(parse(text))
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
    return Scrape(text, families, samples)
