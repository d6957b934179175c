"""The real HTTP server beside a test's bot, for what asks this process over loopback."""

from __future__ import annotations

from msgspec import structs

from bot.catalog import command_infos
from tests.bot.support import RunningBot
from web.app import WebServer


async def serve(running: RunningBot) -> None:
    """Listen on a free port until the bot is stopped, and tell the bot's side of it, as `main.py` does."""
    server = WebServer(running.kernel, running.collective, commands=command_infos())
    server._settings = structs.replace(running.kernel.settings, host="127.0.0.1", port=0)
    await server.start()
    running.collective.probes.set_own_url(server.base_url)
    running.bot.routes = server.route_infos()
    running.bot.base_url = server.base_url
    stop_bot = running.service.stop

    async def stop_both() -> None:
        await server.stop()
        await stop_bot()

    running.service.stop = stop_both  # type: ignore[method-assign]  # the fixture stops nothing else
