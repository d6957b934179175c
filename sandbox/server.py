"""The running sandbox: one HTTP server with REST, gateway, CDN, page and controls."""

import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from aiohttp import web

from sandbox.cdn import add_cdn
from sandbox.desk.actions import Actions
from sandbox.desk.controls import ACTIONS, add_controls, answer_action_errors
from sandbox.desk.page import PAGE, add_page
from sandbox.desk.views import SOCKETS, add_views
from sandbox.engine import ENGINE, Engine
from sandbox.errors import SandboxError
from sandbox.guard import HOSTS, guard, is_loopback
from sandbox.posts.files import MAX_STORE_BYTES
from sandbox.rest import (
    channels,
    commands,
    guilds,
    interactions,
    members,
    messages,
    pins,
    reactions,
    roles,
    thread_members,
    threads,
    users,
    webhook_messages,
    webhooks,
)
from sandbox.rest.routing import add_routes

logger = logging.getLogger(__name__)

_GOING_AWAY = 1001
_STOP_S = 1.0
_LOOPBACK_ONLY = "the sandbox has no authentication, so it binds to loopback only"


class Sandbox:
    """A running sandbox.

    Attributes:
        api_url: Discord's REST API, with its version.
        gateway_url: The gateway.
        cdn_url: Attachments and avatars.
        page_url: The chat page.
        token: The bot token, random at each start.
        application_id: The application's id, which is also its bot's user id.
        home_guild_id: The server of the collective.
        other_guild_id: A server with another admin.
        users: The people by name (owner, admin, mod, member, visitor-admin, newcomer).
        act: The actions of people, for tests in the same process.
        engine: The parts, for tests that change limits or deadlines.
    """

    def __init__(self, engine: Engine, runner: web.AppRunner) -> None:
        self.engine = engine
        self.act = runner.app[ACTIONS]
        self.api_url = f"{engine.base_url}/api/v10"
        self.gateway_url = engine.gateway.url
        self.cdn_url = engine.files.cdn_url
        self.page_url = f"{engine.base_url}/"
        self.token = engine.world.application.token
        self.application_id = engine.world.application.id
        self.home_guild_id = engine.seed.home_guild_id
        self.other_guild_id = engine.seed.other_guild_id
        self.users: Mapping[str, int] = MappingProxyType(engine.seed.users)
        self._runner = runner

    def set_commands_url(self, url: str | None) -> None:
        """Set the URL of the bot's list of prefix commands."""
        self.engine.commands_url = url

    def channel(self, name: str, guild_id: int | None = None) -> int:
        """The id of a channel by name; in the home server unless another is given.

        Raises:
            KeyError: There is none.
        """
        guild = self.engine.world.guilds[guild_id if guild_id is not None else self.home_guild_id]
        return {channel.name: channel.id for channel in guild.channels.values()}[name]

    async def stop(self) -> None:
        """Close all connections. A second call does nothing."""
        self.engine.interactions.close()
        await self.engine.gateway.close_all(_GOING_AWAY)
        sockets = self._runner.app[SOCKETS]
        for socket in tuple(sockets):
            await socket.close(code=_GOING_AWAY)
        await self._runner.cleanup()


async def start_sandbox(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    commands_url: str | None = None,
    prefix: str = "!",
    engine: Engine | None = None,
    hosts: Iterable[str] = (),
) -> Sandbox:
    """Start a sandbox on loopback.

    Args:
        host: A loopback name or address.
        port: The port; 0 for any free one.
        commands_url: The URL of the bot's list of prefix commands, for the page; loopback only.
        prefix: The bot's command prefix, for the page.
        engine: A prepared engine, for tests with their own clocks.
        hosts: Additional allowed host names.

    Raises:
        SandboxError: The host is not loopback.
        OSError: The port is not available.
    """
    if not is_loopback(host):
        raise SandboxError(f"{host} is not a loopback address: {_LOOPBACK_ONLY}")
    engine = engine if engine is not None else Engine(prefix=prefix)
    engine.commands_url = commands_url
    runner = web.AppRunner(_build_app(engine, hosts), access_log=None, shutdown_timeout=_STOP_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host.strip("[]"), port)
        await site.start()
    except BaseException:
        await runner.cleanup()
        raise
    bound_port: int = runner.addresses[0][1]
    shown_host = f"[{host.strip('[]')}]" if ":" in host else host
    engine.set_address(shown_host, bound_port)
    logger.info("sandbox.started url=%s", engine.base_url)
    return Sandbox(engine, runner)


def _build_app(engine: Engine, hosts: Iterable[str]) -> web.Application:
    app = web.Application(middlewares=[guard, answer_action_errors], client_max_size=MAX_STORE_BYTES)
    app[ENGINE] = engine
    app[HOSTS] = frozenset(host.lower() for host in hosts)
    app[ACTIONS] = Actions(engine)
    app[PAGE] = {}
    app[SOCKETS] = set()
    app.router.add_get("/gateway", engine.gateway.handle)
    # discord.py requests "gateway/" for a URL without a path.
    app.router.add_get("/gateway/", engine.gateway.handle)
    resources = (
        users,
        guilds,
        channels,
        roles,
        members,
        threads,
        thread_members,
        pins,
        messages,
        reactions,
        commands,
        interactions,
        webhooks,
        webhook_messages,
    )
    add_routes(app, (route for resource in resources for route in resource.ROUTES))
    add_cdn(app)
    add_views(app)
    add_controls(app)
    add_page(app)
    return app
