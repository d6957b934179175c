"""Stops what runs in every process that shares the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from core.store import Members, Reply
from state.change import Actor

_COMMAND: Final = "halt"


class Stopped(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one process stopped, and what it finishes first, as text."""

    cancelled: str | None = None
    running: str | None = None


class _Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    actor: Actor
    reason: str | None = None


class Halting:
    """Asks every process to stop, and answers when another process asks.

    Args:
        members: of the store.
        stop: stops what runs in this process.
    """

    def __init__(self, members: Members, stop: Callable[[Actor, str | None], Awaitable[Stopped]]) -> None:
        self._members = members
        self._stop = stop
        members.on_ask(_COMMAND, self._answer)

    async def stop(self, actor: Actor, reason: str | None) -> tuple[Stopped, tuple[Reply, ...]]:
        """Stops what runs in all processes; returns what this one stopped, and the answers of all."""
        body = msgspec.json.encode(_Asked(actor, reason)).decode()
        replies = await self._members.ask(_COMMAND, body)
        return read_stopped(replies[0].text or "{}"), replies

    async def _answer(self, body: str) -> str:
        asked = msgspec.json.decode(body, type=_Asked)
        return msgspec.json.encode(await self._stop(asked.actor, asked.reason)).decode()


def read_stopped(text: str) -> Stopped:
    """What a process answered."""
    return msgspec.json.decode(text, type=Stopped)
