"""The real client on the sandbox, with a kernel and a collective of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.app import BotService
from bot.building import build_bot
from bot.dispatch.client import DispatchingBot
from bot.gateway.endpoints import Endpoints
from core.clock import Clock
from core.logs.secret import Secret
from core.metrics import Counter
from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.opening import open_store
from core.store.schema import CORE_MIGRATIONS
from core.version import VERSION
from sandbox import Sandbox
from sandbox.events import Event
from sandbox.faults import Fault
from state.collective import Collective
from state.opening import open_collective
from state.ports import RouteInfo
from state.schema import STATE_MIGRATIONS
from tests.bot.dispatch.slash_handover import hand_over_commands

T = TypeVar("T")

# Message flags (Discord API, "Message Flags").
_EPHEMERAL = 1 << 6
_LOADING = 1 << 7
# Sent without a notification.
SUPPRESSED = 1 << 12

ROUTES = (
    RouteInfo(
        method="GET",
        path="/status",
        summary="How everything is.",
        ttl_s=5.0,
        auth="read",
        example="/status",
    ),
    RouteInfo(
        method="GET", path="/health/live", summary="200 as long as the loop turns.", example="/health/live"
    ),
)


@dataclass
class RunningBot:
    """A bot that is READY on a sandbox, and what it stands on."""

    sandbox: Sandbox
    kernel: Kernel
    collective: Collective
    service: BotService
    bot: DispatchingBot = field(init=False)

    def __post_init__(self) -> None:
        self.bot = self.service.bot


def settings_for(sandbox: Sandbox, data_dir: Path, **changes: Any) -> Settings:
    """Settings that point at the sandbox."""
    settings = Settings(
        discord_token=Secret(sandbox.token),
        discord_api_url=sandbox.api_url,
        discord_gateway_url=sandbox.gateway_url,
        home_guild_id=sandbox.home_guild_id,
        data_dir=data_dir,
        in_sandbox=True,
    )
    return msgspec.structs.replace(settings, **changes)


@asynccontextmanager
async def opened_collective(
    settings: Settings, clock: Clock | None = None
) -> AsyncIterator[tuple[Kernel, Collective]]:
    """A kernel and a collective on the store that the settings name; nothing is supervised yet."""
    kernel = build_kernel(settings) if clock is None else build_kernel(settings, clock)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = await open_store(settings, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version=VERSION)
    try:
        collective = await open_collective(kernel, database)
        try:
            yield kernel, collective
        finally:
            await collective.close()
    finally:
        await database.close()


@asynccontextmanager
async def running(
    sandbox: Sandbox,
    data_dir: Path,
    *,
    package: str = "bot.cogs",
    clock: Clock | None = None,
    registers_by_http: bool = False,
    **changes: Any,
) -> AsyncIterator[RunningBot]:
    """A bot that is READY on `sandbox`, with its data in `data_dir`; `changes` are settings.

    Its slash commands are handed to the sandbox: over HTTP, that takes a third of a start.
    """
    async with opened_collective(settings_for(sandbox, data_dir, **changes), clock) as (kernel, collective):
        bot = build_bot(
            kernel,
            collective,
            routes=ROUTES,
            endpoints=Endpoints(sandbox.api_url, sandbox.gateway_url, sandbox.cdn_url),
            package=package,
        )
        service = BotService(bot)
        if not registers_by_http:
            hand_over_commands(service.bot, sandbox)
        kernel.supervisor.start()
        try:
            await service.start()
            yield RunningBot(sandbox, kernel, collective, service)
        finally:
            await service.stop()
            await kernel.supervisor.stop(1.0)


class Chat:
    """What people see in the sandbox, and what they say there."""

    def __init__(self, sandbox: Sandbox, channel: int | None = None) -> None:
        self._sandbox = sandbox
        self.channel = channel if channel is not None else sandbox.channel("general")
        self.messages: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.typing = 0
        self._changed = asyncio.Event()
        self._unsubscribe = sandbox.engine.bus.subscribe(self._hear)

    def close(self) -> None:
        self._unsubscribe()

    async def say(self, text: str, user: str = "member", **options: Any) -> dict[str, Any]:
        place = {} if options.get("dm") else {"channel": options.pop("channel", self.channel)}
        said: dict[str, Any] = await self._sandbox.act.message(user=user, content=text, **place, **options)
        return said

    async def ask(self, text: str, user: str = "member", **options: Any) -> dict[str, Any]:
        """Say it, and give the bot's reply to it."""
        return await self.reply_to(await self.say(text, user, **options))

    async def slash(
        self, command: str, user: str = "member", channel: int | None = None, **options: Any
    ) -> dict[str, Any]:
        """Run a slash command, and give the bot's first finished answer to it."""
        started = await self._sandbox.act.slash(
            user=user, channel=channel or self.channel, command=command, options=options
        )
        return await self.answer_to(started["interaction_id"])

    async def answer_to(self, interaction_id: str) -> dict[str, Any]:
        return await self.until(
            lambda: next(
                (
                    message
                    for message in self.messages.values()
                    if _interaction_of(message) == interaction_id and not message["flags"] & _LOADING
                ),
                None,
            )
        )

    async def reply_to(self, message: dict[str, Any]) -> dict[str, Any]:
        return await self.until(lambda: next(iter(self.replies_to(message)), None))

    async def replies(self, message: dict[str, Any], count: int) -> list[dict[str, Any]]:
        """The first `count` replies to a message, once they are there."""
        return await self.until(lambda: found if len(found := self.replies_to(message)) >= count else None)

    def replies_to(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        return [one for one in self.from_bot() if _reference_of(one) == message["id"]]

    def from_bot(self) -> list[dict[str, Any]]:
        bot = str(self._sandbox.application_id)
        return [message for message in self.messages.values() if message["author"]["id"] == bot]

    async def until(self, look: Callable[[], T | None], timeout_s: float = 40.0) -> T:
        """What `look` gives, as soon as it gives something."""
        async with asyncio.timeout(timeout_s):
            while (found := look()) is None:
                self._changed.clear()
                await self._changed.wait()
        return found

    def _hear(self, event: Event) -> None:
        viewer = next(iter(event.only), None) if event.only else self._sandbox.users["owner"]
        if event.name in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            data = event.data(viewer or 0)
            self.messages[data["id"]] = data
        elif event.name == "MESSAGE_DELETE":
            self.deleted.add(event.data(viewer or 0)["id"])
        elif event.name == "TYPING_START":
            self.typing += 1
        self._changed.set()


async def outcomes(running: RunningBot, count: int) -> dict[tuple[str, ...], float]:
    """How commands ended, by command and outcome, once at least `count` of them have."""
    counter = running.kernel.metrics.get("helix_commands_total")
    assert isinstance(counter, Counter)
    async with asyncio.timeout(40):
        while counter.total() < count:
            await asyncio.sleep(0.005)
    return {labels: value for labels, value in counter.items() if value}


def count_ended(running: RunningBot, command: str, outcome: str) -> float:
    """How many calls of a command have ended so by now."""
    counter = running.kernel.metrics.get("helix_commands_total")
    assert isinstance(counter, Counter)
    return counter.value(command, outcome)


async def ended(running: RunningBot, command: str, outcome: str, count: float) -> None:
    """Wait until so many calls of a command have ended so; more than that is wrong."""
    async with asyncio.timeout(40):
        while count_ended(running, command, outcome) < count:
            await asyncio.sleep(0.005)
    assert count_ended(running, command, outcome) == count


def refuse_edits(sandbox: Sandbox) -> None:
    """Let Discord take no edit of the next message that is edited, as of one that was edited for hours.

    discord.py tries each request that is limited five times.
    """
    sandbox.engine.faults.add(
        Fault("PATCH", "/channels/*/messages/*", code=30046, retry_after_s=0.001, times=5)
    )


def text_of(message: dict[str, Any]) -> str:
    """All that is to be read in a message."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{field['name']} {field['value']}" for field in embed.get("fields", ())]
    return "\n".join(parts)


def is_ephemeral(message: dict[str, Any]) -> bool:
    return bool(message["flags"] & _EPHEMERAL)


def _reference_of(message: dict[str, Any]) -> str | None:
    return (message.get("message_reference") or {}).get("message_id")


def _interaction_of(message: dict[str, Any]) -> str | None:
    return (message.get("interaction_metadata") or message.get("interaction") or {}).get("id")
