"""The former design as a baseline: PORT DATA_FOLDER API_URL GATEWAY_URL TOKEN plain|drawing.

It imports the code of all commands at the start, and GET /status reads and parses ucf_state.json and
agents.json each time. It omits the design's other costs: it runs on uvloop, without access log, metrics and
database, and does not register the imported commands. "drawing" also imports the drawing libraries, as
commands that draw in the same process would.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import discord
import uvloop
import yarl
from aiohttp import web
from discord.ext import commands

from bot.catalog import COGS

_DRAWING = ("matplotlib.figure", "matplotlib.backends.backend_agg", "numpy", "PIL.Image")
_STARTED_AT = datetime.now(UTC).isoformat()


class _Status:
    """GET /status, from the files of a data folder."""

    def __init__(self, folder: Path, bot: commands.Bot) -> None:
        self._folder = folder
        self._bot = bot

    async def answer(self, _: web.Request) -> web.Response:
        ucf = self._read("ucf_state.json")
        agents = self._read("agents.json")["agents"]
        return web.json_response(
            {
                "status": "pass" if self._bot.is_ready() else "warn",
                "version": "0.1.0",
                "started_at": _STARTED_AT,
                "ucf": ucf,
                "agents": {
                    "active": sum(agent["status"] == "active" for agent in agents),
                    "total": len(agents),
                    "names": [agent["name"] for agent in agents],
                },
                "gateway": {
                    "status": "pass" if self._bot.is_ready() else "fail",
                    "guilds": len(self._bot.guilds),
                },
                "commands": 62,
            }
        )

    def _read(self, name: str) -> dict[str, list[dict[str, str]]]:
        with (self._folder / name).open() as file:
            content: dict[str, list[dict[str, str]]] = json.load(file)
            return content


async def _serve(port: int, folder: Path, api: str, gateway: str, token: str) -> None:
    discord.http.Route.BASE = api
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    intents = discord.Intents.default()
    intents.message_content = intents.members = True
    bot = commands.Bot("!", intents=intents)

    # discord.py's "ready" comes two seconds later, after no further server was announced.
    @bot.event
    async def on_connect() -> None:
        sys.stdout.write("ready in its own time\n")
        sys.stdout.flush()

    app = web.Application()
    app.router.add_get("/status", _Status(folder, bot).answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with bot:
        await bot.start(token)


def main() -> None:
    port, folder, api, gateway, token, kind = sys.argv[1:]
    for cog in COGS:
        importlib.import_module(f"bot.cogs.{cog.name}")
    if kind == "drawing":
        for name in _DRAWING:
            importlib.import_module(name)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(int(port), Path(folder), api, gateway, token))


if __name__ == "__main__":
    main()
