"""Assembles the parts of a sandbox."""

import time
from collections.abc import Callable

from aiohttp import web

from sandbox.events import EventBus
from sandbox.faults import Faults
from sandbox.gateway.server import Gateway
from sandbox.gateway.sessions import Sessions
from sandbox.interactions import Interactions
from sandbox.interactions.commands import CommandRegistry
from sandbox.interactions.responses import Responses
from sandbox.parts import Core
from sandbox.pictures import Pictures
from sandbox.places.channels import Channels
from sandbox.places.guilds import Guilds
from sandbox.places.members import Members
from sandbox.places.roles import Roles
from sandbox.places.threads import Threads
from sandbox.places.webhooks import Webhooks
from sandbox.posts.files import FileStore
from sandbox.posts.messages import Messages
from sandbox.posts.pins import Pins
from sandbox.posts.reactions import Reactions
from sandbox.ratelimit import RateLimits
from sandbox.seed import build_world
from sandbox.snowflake import SnowflakeSource


class Engine:
    """The parts of one sandbox; REST, gateway, page and tests all act on these.

    Args:
        prefix: The bot's command prefix, for the page.
        wall_s: The Unix time in seconds.
        monotonic_s: The monotonic clock, in seconds.

    Attributes:
        base_url: ``http://host:port`` once the port is known.
        commands_url: The URL of the bot's list of prefix commands, if any.
    """

    def __init__(
        self,
        *,
        prefix: str = "!",
        wall_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prefix = prefix
        self.base_url = ""
        self.commands_url: str | None = None
        self.next_id = SnowflakeSource(wall_s).next
        self.wall_s = wall_s
        self.seed = build_world(self.next_id, wall_s())
        self.world = self.seed.world
        self.bus = EventBus()
        self.files = FileStore(self.next_id)
        self.faults = Faults()
        self.limits = RateLimits(wall_s, monotonic_s)
        core = Core(self.world, self.bus, self.next_id, wall_s, monotonic_s)
        self.messages = Messages(core, self.files)
        self.pictures = Pictures()
        self.pins = Pins(core, self.messages)
        self.threads = Threads(core, self.messages, self.files)
        self.webhooks = Webhooks(core, self.messages, self.threads, self.pictures)
        self.roles = Roles(core)
        self.members = Members(core, self.messages)
        self.guilds = Guilds(core, self.pictures)
        self.channels = Channels(core, self.files)
        self.reactions = Reactions(core)
        self.interactions = Interactions(core)
        self.responses = Responses(self.world, self.messages, self.interactions)
        self.commands = CommandRegistry(core)
        self.sessions = Sessions(core, self._on_presence)
        self.gateway = Gateway(core, self.sessions)

    def set_address(self, host: str, port: int) -> None:
        """Set the address in the parts that build URLs."""
        self.base_url = f"http://{host}:{port}"
        self.files.cdn_url = f"{self.base_url}/cdn"
        self.gateway.url = f"ws://{host}:{port}/gateway"

    def _on_presence(self, online: bool) -> None:
        self.world.bot_online = online
        self.bus.send("BOT_CONNECTION", {"connected": online})


ENGINE = web.AppKey("ENGINE", Engine)
