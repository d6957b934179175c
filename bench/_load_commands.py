"""Commands in the sandbox, by prefix and by slash, each timed until the bot's first response."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench._crowd import crowd
from sandbox import Sandbox
from sandbox.errors import ActionError
from sandbox.events import Event

COMMANDS = ("status", "agents", "ucf", "roll")
PER_S = 6.0
# Every third command is a slash command.
_WAYS = ("prefix", "prefix", "slash")
# Above Discord's deadline for a response; a slower command counts as unanswered.
_LONGEST_S = 5.0
# Helix allows each person five commands in ten seconds, so many people send them.
_PEOPLE = 100
# Discord's flag for a deferred response.
_LOADING = 128


class Commanding(NamedTuple):
    """The durations of commands in seconds, and the number of unanswered ones."""

    times_s: list[float]
    unanswered: int

    def joined(self, other: Commanding) -> Commanding:
        """Both as one sample."""
        return Commanding(self.times_s + other.times_s, self.unanswered + other.unanswered)


class Commands:
    """People who use commands, one at a time, at a steady rate.

    Args:
        sandbox: the sandbox; its rate limits are lifted.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._people = itertools.cycle(crowd(sandbox, _PEOPLE))
        self._channel = sandbox.channel("bot-commands")
        self._answered: dict[str, float] = {}
        self._heard = asyncio.Event()
        self._turns: Iterator[tuple[str, str]] = zip(
            itertools.cycle(COMMANDS), itertools.cycle(_WAYS), strict=False
        )
        sandbox.engine.bus.subscribe(self._hear)

    async def warm_up(self) -> float:
        """Use each command both ways, to load its code; returns the seconds of the very first response."""
        while not self._sandbox.engine.world.bot_online:  # noqa: ASYNC110 - the other process changes it
            await asyncio.sleep(0.02)
        first_s = await self._timed("prefix", COMMANDS[0])
        for command in COMMANDS:
            await self._timed("prefix", command)
            await self._timed("slash", command)
        if first_s is None:
            raise TimeoutError("the bot did not answer its first command")
        return first_s

    async def run(self, seconds: float) -> Commanding:
        """Use commands for `seconds`."""
        loop = asyncio.get_running_loop()
        begun, times_s, unanswered = loop.time(), list[float](), 0
        for number in range(max(1, int(seconds * PER_S))):
            await asyncio.sleep(begun + number / PER_S - loop.time())
            command, way = next(self._turns)
            took_s = await self._timed(way, command)
            if took_s is None:
                unanswered += 1
            else:
                times_s.append(took_s)
        return Commanding(times_s, unanswered)

    async def _timed(self, way: str, command: str) -> float | None:
        begun = time.perf_counter()
        key = await (self._say(command) if way == "prefix" else self._invoke(command))
        try:
            async with asyncio.timeout(_LONGEST_S):
                while key not in self._answered:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            return None
        return self._answered.pop(key) - begun

    async def _say(self, command: str) -> str:
        said = await self._sandbox.act.message(
            user=next(self._people), channel=self._channel, content=f"!{command}"
        )
        return str(said["id"])

    async def _invoke(self, command: str) -> str:
        async with asyncio.timeout(_LONGEST_S):
            while True:
                try:
                    started = await self._sandbox.act.slash(
                        user=next(self._people), channel=self._channel, command=command
                    )
                except ActionError:
                    # Discord has not been told of the commands yet.
                    await asyncio.sleep(0.05)
                    continue
                return str(started["interaction_id"])

    def _hear(self, event: Event) -> None:
        if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return
        now = time.perf_counter()
        bot = self._sandbox.application_id
        message = event.data(bot)
        if message["author"]["id"] != str(bot) or int(message.get("flags", 0)) & _LOADING:
            return
        replied = (message.get("message_reference") or {}).get("message_id")
        invoked = (message.get("interaction_metadata") or {}).get("id")
        for key in (replied, invoked):
            if key is not None:
                self._answered.setdefault(str(key), now)
        self._heard.set()
