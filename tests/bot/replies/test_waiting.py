"""What waits beside a command ends without a sound when the network goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.replies import waiting


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    monkeypatch.setattr(waiting, "TYPING_AFTER_S", 0.0)


class Unreachable:
    """A Discord that no request reaches: a channel, an interaction and its response in one."""

    id = 1

    def __init__(self) -> None:
        self.extras: dict[str, Any] = {}
        self.response = self
        self.asked = asyncio.Event()

    def is_done(self) -> bool:
        return False

    async def defer(self, **_: Any) -> None:
        self._ask()

    async def original_response(self) -> None:
        self._ask()

    def typing(self) -> _Typing:
        return _Typing(self)

    def _ask(self) -> None:
        self.asked.set()
        raise aiohttp.ClientConnectionError


class _Typing:
    def __init__(self, place: Unreachable) -> None:
        self._place = place

    def __await__(self) -> Iterator[None]:
        yield
        self._place._ask()


async def end_of(task: asyncio.Task[None] | None) -> BaseException | None:
    assert task is not None
    await asyncio.wait((task,), timeout=5)
    return task.exception()


async def test_a_deferral_that_cannot_be_sent_leaves_it_to_the_reply() -> None:
    nowhere: Any = Unreachable()
    deferral = waiting.Deferral(nowhere, ephemeral=False)
    await asyncio.wait_for(nowhere.asked.wait(), 40)
    assert await end_of(deferral._task) is None
    assert not deferral.deferred


async def test_typing_that_cannot_be_shown_ends() -> None:
    nowhere: Any = Unreachable()
    typing = waiting.Typing(nowhere)
    await asyncio.wait_for(nowhere.asked.wait(), 40)
    assert await end_of(typing._task) is None


async def test_typing_that_is_stopped_is_shown_no_longer() -> None:
    class Reached(Unreachable):
        def _ask(self) -> None:
            self.asked.set()

    place: Any = Reached()
    typing = waiting.Typing(place)
    await asyncio.wait_for(place.asked.wait(), 40)
    typing.stop()
    assert typing._task is not None
    await asyncio.wait({typing._task}, timeout=5)
    assert typing._task.cancelled()
