"""Dispatch: CPU of the bot per command and per message, against a stock discord.py bot on the same sandbox.

Targets (docs/architecture.md, "What things cost"): `!status` at most 1.3 times a bare `!ping`; a message that
is not a command at most 0.7 times.
"""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from statistics import median

from bench._crowd import crowd, lift_limits, settings_on
from bench._process import cpu_s, running
from sandbox import Sandbox, start_sandbox
from sandbox.events import Event

ROUNDS = 5
COMMANDS = 1_500
MESSAGES = 6_000
AT_ONCE = 8
# Helix allows each person five commands in ten seconds, so many people send them.
PEOPLE = 600
COMMAND_TARGET = 1.3
MESSAGE_TARGET = 0.7
_STOCK = """
import sys
import discord
import uvloop
import yarl
from discord.ext import commands
api, gateway, token = sys.argv[1:]
discord.http.Route.BASE = api
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
intents = discord.Intents.default()
intents.message_content = intents.members = True
bot = commands.Bot("!", intents=intents)
@bot.command()
async def ping(ctx):
    await ctx.reply("pong")
async def main():
    async with bot:
        await bot.start(token)
uvloop.run(main())
"""


def main() -> None:
    rounds: dict[str, list[tuple[float, float]]] = {"stock": [], "helix": []}
    for _ in range(ROUNDS):
        for kind, measured in rounds.items():
            measured.append(asyncio.run(_measured(kind)))
    (stock_us, stock_chat_us), (helix_us, helix_chat_us) = (
        (median(us for us, _ in measured), median(us for _, us in measured)) for measured in rounds.values()
    )
    print(f"stock !ping               {stock_us:7.0f} us   1.00")
    print(f"Helix !status             {helix_us:7.0f} us   {helix_us / stock_us:.2f}")
    print(f"stock, no command         {stock_chat_us:7.1f} us   1.00")
    print(f"Helix, no command         {helix_chat_us:7.1f} us   {helix_chat_us / stock_chat_us:.2f}")
    print(f"ratio !status {helix_us / stock_us:.2f} (target: at most {COMMAND_TARGET})")
    print(f"ratio no command {helix_chat_us / stock_chat_us:.2f} (target: at most {MESSAGE_TARGET})")


async def _measured(kind: str) -> tuple[float, float]:
    sandbox = await start_sandbox()
    try:
        lift_limits(sandbox)
        people = itertools.cycle(crowd(sandbox, PEOPLE))
        with tempfile.TemporaryDirectory() as folder, running(*_program(kind, sandbox, folder)) as process:
            command = "!ping" if kind == "stock" else "!status"
            while not sandbox.engine.world.bot_online:  # noqa: ASYNC110 - the other process changes it
                await asyncio.sleep(0.02)
            await _converse(sandbox, people, command, COMMANDS // 10)
            before_s = cpu_s(process.pid)
            await _converse(sandbox, people, command, COMMANDS)
            command_us = (cpu_s(process.pid) - before_s) / COMMANDS * 1e6
            before_s = cpu_s(process.pid)
            await _chat(sandbox, people, command)
            chat_us = (cpu_s(process.pid) - before_s) / MESSAGES * 1e6
            return command_us, chat_us
    finally:
        await sandbox.stop()


def _program(kind: str, sandbox: Sandbox, folder: str) -> tuple[list[str], dict[str, str]]:
    if kind == "stock":
        return ["-c", _STOCK, sandbox.api_url, sandbox.gateway_url, sandbox.token], {}
    return ["main.py"], settings_on(sandbox, folder)


async def _converse(sandbox: Sandbox, people: Iterator[int], command: str, times: int) -> None:
    """Send the command `times` times, several concurrently, each waiting for its response."""
    channel, bot_id = sandbox.channel("bot-commands"), sandbox.application_id
    free = asyncio.Semaphore(AT_ONCE)

    def answered(event: Event) -> None:
        if event.name == "MESSAGE_CREATE" and event.data(bot_id)["author"]["id"] == str(bot_id):
            free.release()

    unsubscribe = sandbox.engine.bus.subscribe(answered)
    try:
        for _ in range(times):
            async with asyncio.timeout(10):
                await free.acquire()
            await sandbox.act.message(user=next(people), channel=channel, content=command)
        for _ in range(AT_ONCE):
            async with asyncio.timeout(10):
                await free.acquire()
    finally:
        unsubscribe()


async def _chat(sandbox: Sandbox, people: Iterator[int], command: str) -> None:
    """Send messages that are not commands; the response to a final command shows that all were processed."""
    channel = sandbox.channel("general")
    for number in range(MESSAGES):
        await sandbox.act.message(user=next(people), channel=channel, content=f"good morning {number}")
        if number % 50 == 0:
            await asyncio.sleep(0)
    await _converse(sandbox, people, command, 1)


if __name__ == "__main__":
    main()
