"""The clients of the sandbox in tests: the real discord.py client, and raw frames and requests."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import Callable
from typing import Any

import discord
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, WSMsgType
from discord import app_commands

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.records import Overwrite

WAIT_S = 40.0
Check = Callable[..., bool]


class Bot(discord.Client):
    """A client that records its events, and identifies again without discord.py's delay of five seconds."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self._expected: list[tuple[str, Check, asyncio.Future[Any]]] = []
        super().__init__(
            intents=intents if intents is not None else discord.Intents.all(),
            guild_ready_timeout=0.01,
            **options,
        )
        self.tree = app_commands.CommandTree(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does not wait: the sandbox allows session starts in a row."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append((event, args))
        for name, check, future in self._expected:
            if name == event and not future.done() and check(*args):
                future.set_result(args[0] if len(args) == 1 else args)
        super().dispatch(event, *args, **kwargs)

    def expect(self, event: str, check: Check = lambda *_: True) -> asyncio.Future[Any]:
        """Awaitable: the next event of that name that passes the check."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._expected.append((event, check, future))
        return asyncio.ensure_future(asyncio.wait_for(future, WAIT_S))

    def texts(self) -> list[str]:
        """The contents of all received messages, in order."""
        return [args[0].content for name, args in self.heard if name == "message"]

    def text_channel(self, channel_id: int) -> discord.TextChannel:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel


class Bots:
    """Starts clients and closes them at the end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def connect(self, bot: Bot | None = None, token: str | None = None) -> Bot:
        """Connects a client; raises its error if it cannot."""
        bot = bot if bot is not None else Bot()
        ready = bot.expect("ready")
        task = asyncio.create_task(bot.start(token or self._sandbox.token), name="test.bot")
        self._running.append((bot, task))
        await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            ready.cancel()
            await task
        await ready
        return bot

    async def close(self) -> None:
        for bot, task in self._running:
            await bot.close()
            with contextlib.suppress(discord.DiscordException):
                await asyncio.wait_for(task, WAIT_S)


class RawGateway:
    """The client end of a gateway connection, frame by frame."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def next(self) -> dict[str, Any]:
        """The next payload."""
        message = await self.socket.receive(timeout=WAIT_S)
        assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), message
        if message.type is WSMsgType.BINARY:
            assert message.data.endswith(b"\x00\x00\xff\xff")
            return dict(json.loads(self._inflate.decompress(message.data)))
        return dict(json.loads(message.data))

    async def event(self, name: str) -> dict[str, Any]:
        """The next event of that name; others before it are skipped."""
        while (payload := await self.next())["t"] != name:
            pass
        return payload

    async def op(self, op: int) -> dict[str, Any]:
        """The next payload with that opcode."""
        while (payload := await self.next())["op"] != op:
            pass
        return payload

    async def close_code(self) -> int | None:
        """The code that the server closes with."""
        while (message := await self.socket.receive(timeout=WAIT_S)).type in (
            WSMsgType.TEXT,
            WSMsgType.BINARY,
        ):
            pass
        return message.data if message.type is WSMsgType.CLOSE else None


class Api:
    """Raw REST and control requests, for those that discord.py never sends."""

    def __init__(self, sandbox: Sandbox, session: ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """A REST call as the bot: status and JSON body."""
        options.setdefault("headers", {"Authorization": f"Bot {self.sandbox.token}"})
        if body is not None:
            options["json"] = body
        async with self.session.request(method, self.sandbox.api_url + path, **options) as response:
            return response.status, await _json(response)

    async def control(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """A call below ``/sandbox/``: status and JSON body."""
        options.setdefault("headers", {"X-Helix-Sandbox": "1"})
        url = f"{self.sandbox.page_url}sandbox{path}"
        async with self.session.request(method, url, json=body, **options) as response:
            return response.status, await _json(response)

    async def act(self, verb: str, **body: Any) -> tuple[int, Any]:
        """Calls an action of ``/sandbox/act/``."""
        return await self.control("POST", f"/act/{verb}", body)

    async def gateway(self, **query: str) -> RawGateway:
        """A new gateway connection, after HELLO."""
        query = {"v": "10", "encoding": "json"} | query
        socket = await self.session.ws_connect(self.sandbox.gateway_url, params=query)
        raw = RawGateway(socket)
        hello = await raw.next()
        assert hello["op"] == 10
        return raw

    async def identified(self, intents: int = 53608447, **query: str) -> tuple[RawGateway, str]:
        """A gateway connection after READY and its servers, and its session id."""
        raw = await self.gateway(**query)
        await raw.send(2, {"token": self.sandbox.token, "intents": intents, "properties": {}})
        ready = await raw.event("READY")
        for _ in ready["d"]["guilds"]:
            await raw.event("GUILD_CREATE")
        return raw, ready["d"]["session_id"]


async def _json(response: ClientResponse) -> Any:
    text = await response.text()
    return json.loads(text) if text else None


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


def deny_bot(sandbox: Sandbox, channel_id: int, *, deny: int = Permission.VIEW_CHANNEL) -> None:
    """Denies the bot permissions in a channel, by default VIEW_CHANNEL."""
    channel = sandbox.engine.world.find_channel(channel_id)
    assert channel is not None
    channel.overwrites = [Overwrite(sandbox.application_id, 1, 0, int(deny))]
