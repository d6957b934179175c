"""Processes that share a Redis find each other's pictures and results."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest

from core.cache.shared import SharedCache
from core.metrics import Counter
from state.change import Change
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot
from tests.redis_server import RedisServer, redis_server


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
async def sharing(server: RedisServer, start_bot: StartBot, monkeypatch: pytest.MonkeyPatch) -> RunningBot:
    """A bot that has connected to Redis, and waits for it as long as a busy machine needs."""
    patient = partial(SharedCache, within_s={"picture": 30.0, "result": 30.0})
    monkeypatch.setattr("core.cache.shared.SharedCache", patient)
    running = await start_bot(redis_url=server.url)
    assert running.kernel.shared_cache is not None
    await running.kernel.shared_cache.look()
    return running


def requests(running: RunningBot, kind: str, result: str) -> float:
    counter = running.kernel.metrics.get("helix_shared_cache_requests_total")
    assert isinstance(counter, Counter)
    return counter.value(kind, result)


def forget(running: RunningBot) -> None:
    """What this process keeps in memory; another process has nothing of it."""
    running.kernel.caches.clear("all")


def shown(message: dict[str, Any]) -> tuple[Any, ...]:
    return (
        message["content"],
        [(one["filename"], one["size"], one.get("description")) for one in message["attachments"]],
        [(embed.get("description"), embed.get("fields")) for embed in message["embeds"]],
    )


@pytest.mark.parametrize("command", ["trend harmony", "emotions", "consciousness"])
async def test_a_result_is_shared_until_the_state_changes(
    sharing: RunningBot, chat: Chat, command: str
) -> None:
    first = await chat.ask(f"!{command}")
    forget(sharing)
    again = await chat.ask(f"!{command}")
    assert shown(again) == shown(first)
    assert (requests(sharing, "result", "miss"), requests(sharing, "result", "hit")) == (1, 1)
    assert sharing.kernel.worker.jobs == (1 if command.startswith("trend") else 0)
    await sharing.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.9), source="tune")
    )
    assert shown(await chat.ask(f"!{command}")) != shown(first)
    assert requests(sharing, "result", "miss") == 2


async def test_a_picture_is_shared_as_long_as_the_field_is_the_same(sharing: RunningBot, chat: Chat) -> None:
    first = await chat.ask("!visualize julia")
    forget(sharing)
    assert shown(await chat.ask("!visualize julia")) == shown(first)
    assert sharing.kernel.worker.jobs == 1
    assert requests(sharing, "picture", "hit") == 1


@pytest.mark.usefixtures("sharing")
async def test_what_a_process_measures_of_itself_is_not_shared(chat: Chat, server: RedisServer) -> None:
    for command in ("consciousness kael", "storage", "ethics", "ucf"):
        await chat.ask(f"!{command}")
    assert server.stored() == []


async def test_with_caching_switched_off_nothing_is_shared(
    sharing: RunningBot, chat: Chat, server: RedisServer
) -> None:
    sharing.kernel.flags.switch("response_caching", False)
    await chat.ask("!emotions")
    await chat.ask("!visualize julia")
    assert server.stored() == []


async def test_commands_go_on_without_the_server(
    sharing: RunningBot, chat: Chat, server: RedisServer
) -> None:
    first = await chat.ask("!visualize julia")
    server.kill()
    forget(sharing)
    assert shown(await chat.ask("!visualize julia")) == shown(first)
    assert sharing.kernel.worker.jobs == 2
    sharing.kernel.health.refresh()
    check = sharing.kernel.health.get("shared-cache")
    assert check is not None
    assert (check.status, check.required) == ("warn", False)
    assert check.action
