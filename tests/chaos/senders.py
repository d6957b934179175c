"""Senders that post as a Zap does: with a key for each event, again and again until it is taken."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

AGENTS: Final = ("Kael", "Lumina", "Vega", "Oracle")
METRICS: Final = ("harmony", "resilience", "prana", "drishti", "klesha")
_KINDS: Final = ("ucf.update", "agent.heartbeat", "message.post", "context.archive")
_WEIGHTS: Final = (45, 20, 20, 15)
_AGAIN_S: Final = 0.05
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)
# The statuses that mean "try again later" (docs/api.md, "Webhooks"). Any other that is not 202 is a fault.
_LATER: Final = frozenset({429, 503})


@dataclass
class Sent:
    """One event that was taken.

    Attributes:
        id: what the answer called it.
        mark: what its effect is recognised by.
        shift: of `ucf.update`: metric and delta.
        tries: how often it was posted.
    """

    key: str
    kind: str
    mark: str
    id: str = ""
    shift: tuple[str, float] | None = None
    tries: int = 0


@dataclass
class Senders:
    """Some senders at once, for as long as they are let.

    Attributes:
        sent: what was taken, in the order of the answers.
        faults: what should never have been answered.
    """

    url: str
    token: str
    channel: int
    rng: random.Random
    count: int = 16
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unanswered: int = 0
    _number: int = 0
    _over: bool = False

    async def run(self) -> None:
        """Posts until `stop`, and until each event that was begun is taken."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, asyncio.TaskGroup() as group:
            for _ in range(self.count):
                group.create_task(self._one(session))

    def stop(self) -> None:
        """Begin nothing more."""
        self._over = True

    async def _one(self, session: aiohttp.ClientSession) -> None:
        while not self._over:
            sent, data = self._next()
            sent.id = await self._until_taken(session, sent, data)
            self.sent.append(sent)
            if self.rng.random() < 0.1:
                again = await self._until_taken(session, sent, data)
                if again != sent.id:
                    self.faults.append(f"{sent.key}: taken as {sent.id}, then as {again}")
            await asyncio.sleep(self.rng.random() * 0.08)

    def _next(self) -> tuple[Sent, dict[str, Any]]:
        self._number += 1
        mark = f"chaos {self._number:06d}"
        sent = Sent(key=f"key-{self._number}", kind=self.rng.choices(_KINDS, _WEIGHTS)[0], mark=mark)
        match sent.kind:
            case "ucf.update":
                sent.shift = self.rng.choice(METRICS), self.rng.choice((-1, 1)) * self.rng.uniform(1e-5, 1e-4)
                return sent, {"shift": {sent.shift[0]: sent.shift[1]}, "reason": mark}
            case "agent.heartbeat":
                return sent, {"agent": self.rng.choice(AGENTS), "status": "active", "task": mark}
            case "message.post":
                return sent, {"channel": str(self.channel), "content": mark}
            case _:
                return sent, {"name": mark}

    async def _until_taken(self, session: aiohttp.ClientSession, sent: Sent, data: dict[str, Any]) -> str:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": sent.key}
        while True:
            sent.tries += 1
            try:
                async with session.post(
                    f"{self.url}/webhooks/{sent.kind}", json=data, headers=headers
                ) as response:
                    answer = await response.json(content_type=None)
                    if response.status == 202:
                        return str(answer["id"])
                    if response.status not in _LATER:
                        self.faults.append(f"{sent.key}: {response.status} {answer}")
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
                self.unanswered += 1
            await asyncio.sleep(_AGAIN_S)
