"""The bot as a service: connects to Discord, retries until it succeeds, registers slash commands, stops."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import discord

from bot import effects
from bot.dispatch.registration import OUT_OF_REACH, REFUSED, register, sync_commands
from bot.gateway import discord_internals
from core.errors import StartError
from core.health.threshold import warns_when
from core.runtime.lifecycle import Service

if TYPE_CHECKING:
    from bot.dispatch.client import DispatchingBot

__all__ = ["BotService", "sync_commands"]

logger = logging.getLogger(__name__)

# The start waits this long for READY; afterwards the bot goes on trying.
_READY_WITHIN_S = 20.0
# The start waits this long for the registration of slash commands.
_REGISTERED_WITHIN_S = 10.0
_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 60.0

# Gateway close codes (Discord API, "Gateway Close Event Codes").
_AUTHENTICATION_FAILED = 4004

_SLASH = "slash-commands"
_INTENTS_OFF = (
    "Discord refuses the privileged intents. In the Developer Portal open your application, Bot, Privileged"
    " Gateway Intents, and switch on Server Members Intent and Message Content Intent."
)


class BotService:
    """Starts, watches and stops one bot."""

    def __init__(self, bot: DispatchingBot, *, ready_within_s: float = _READY_WITHIN_S) -> None:
        self.bot = bot
        self._ready_within_s = ready_within_s
        self._started = False
        self._stopping = False
        self._connecting: asyncio.Task[None] | None = None
        self._registering: asyncio.Task[None] | None = None
        self._told_or_refused = asyncio.Event()
        self._loading: set[asyncio.Task[None]] = set()
        health = bot.kernel.health
        health.add_probe("commands", bot.command_metrics.probe)
        health.add_probe("cogs", bot.loader.probe)
        health.set_thresholds(_SLASH, warns_when("the list of slash commands", "not taken by Discord"))
        health.refresh()
        bot.kernel.flags.on_switch(self._flag_switched)
        effects.begin(bot)

    def service(self, *, after: tuple[str, ...] = ()) -> Service:
        """This bot as a service of the life cycle."""
        return Service("discord", self.start, self.stop, after=after)

    async def start(self) -> None:
        """Log in and connect; returns when the gateway is READY, or after 20 s while the bot goes on trying.

        Raises:
            StartError: Discord refused the token or a privileged intent; the text says what to do.
        """
        try:
            await self._start()
            self._started = True
        except BaseException:
            # The life cycle stops only what has started.
            await self.stop()
            raise

    async def _start(self) -> None:
        self.bot.endpoints.apply()
        self._connecting = asyncio.create_task(self._connect(), name="discord-gateway")
        self._connecting.add_done_callback(self._connection_ended)
        self._registering = asyncio.create_task(self._register(), name="slash-registration")
        self._registering.add_done_callback(lambda _: self._told_or_refused.set())
        ready = asyncio.create_task(self.bot.gateway.ready.wait(), name="discord-ready")
        await asyncio.wait(
            (self._connecting, ready), timeout=self._ready_within_s, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        if self._connecting.done():
            self._connecting.result()
        # Register it only now: during the first connection, not being connected is no failure.
        self.bot.kernel.health.add_probe("gateway", self.bot.gateway.probe, required=True)
        self.bot.kernel.health.refresh()
        if self.bot.gateway.ready.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_REGISTERED_WITHIN_S):
                    await self._told_or_refused.wait()
        else:
            self.bot.gateway.fail(self.bot.gateway.problem)
            logger.warning("discord.not_ready problem=%s", self.bot.gateway.problem)
        if not self.bot.kernel.flags.lazy_commands:
            await self.bot.loader.load_all()

    async def stop(self) -> None:
        """Remove the cogs and close the gateway connection and discord.py's sessions."""
        self._stopping = True
        await _end(self._registering, *self._loading)
        await self.bot.loader.close()
        await self.bot.close()
        await _end(self._connecting)

    async def _connect(self) -> None:
        """Log in and stay connected: retries until the first connection, then discord.py reconnects."""
        token = self.bot.kernel.settings.discord_token
        if not token:
            raise StartError("DISCORD_TOKEN: it is not set.")
        retries = _Retries()
        while not await self._log_in(token.reveal()):
            await retries.wait()
        while not self.bot.is_closed():
            try:
                await self.bot.connect(reconnect=True)
            except discord.PrivilegedIntentsRequired as error:
                raise StartError(_INTENTS_OFF) from error
            except discord.ConnectionClosed as error:
                if error.code == _AUTHENTICATION_FAILED:
                    raise StartError(REFUSED) from error
                raise StartError(
                    f"Discord's gateway refuses the connection permanently (close code {error.code})."
                ) from error
            except (discord.HTTPException, discord.GatewayNotFound, *OUT_OF_REACH, AttributeError) as error:
                # discord.py 2.7 raises AttributeError if the very first connection fails.
                if isinstance(error, AttributeError) and self.bot.ws is not None:
                    raise
                self.bot.gateway.fail("its gateway cannot be reached")
            await retries.wait()

    async def _log_in(self, token: str) -> bool:
        """Whether it succeeded; a temporary failure is logged and returns False."""
        try:
            await self.bot.login(token)
            if self.bot.endpoints.needs_gateway:
                found = await discord_internals.find_gateway(self.bot)
                self.bot.endpoints = self.bot.endpoints.with_gateway(found)
                self.bot.endpoints.apply()
        except discord.LoginFailure as error:
            raise StartError(REFUSED) from error
        except (discord.HTTPException, *OUT_OF_REACH) as error:
            logger.warning("discord.login_failed error=%s", type(error).__name__)
            self.bot.gateway.fail("its API cannot be reached")
            # Each login opens a session, so close that of the failed one.
            await discord_internals.reset_session(self.bot)
            return False
        return True

    async def _register(self) -> None:
        """After READY, register the slash commands if they changed; retries until Discord accepts them."""
        await self.bot.gateway.ready.wait()
        retries, health = _Retries(), self.bot.kernel.health
        while True:
            try:
                await register(self.bot)
            except FileNotFoundError:
                logger.exception("slash.no_file")
                health.report(_SLASH, "warn", "bot/slash.json is missing", action="Run `make slash`.")
                return
            except (discord.HTTPException, *OUT_OF_REACH) as error:
                logger.warning("slash.not_registered error=%s", error)
                health.report(
                    _SLASH,
                    "warn",
                    "Discord has not taken the slash commands",
                    action="Helix tries again; the log says why. Prefix commands work.",
                )
                self._told_or_refused.set()
                await retries.wait()
            else:
                health.report(_SLASH, "pass")
                return

    def _connection_ended(self, task: asyncio.Task[None]) -> None:
        # During the start, `start` raises the error.
        if task.cancelled() or self._stopping or not self._started:
            return
        error = task.exception()
        reason = str(error) if isinstance(error, StartError) else "its connection ended unexpectedly"
        logger.error(
            "discord.ended reason=%s", reason, exc_info=None if isinstance(error, StartError) else error
        )
        self.bot.gateway.fail(reason)

    def _flag_switched(self, flag: str, on: bool) -> None:
        if flag == "lazy_commands" and not on and not self._stopping:
            task = asyncio.get_running_loop().create_task(self.bot.loader.load_all(), name="load-all-cogs")
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)


class _Retries:
    """Waits between attempts: longer each time, with jitter."""

    def __init__(self, jitter: Callable[[], float] = random.random) -> None:
        self._next_s = _FIRST_RETRY_S
        self._jitter = jitter

    async def wait(self) -> None:
        """Pause before the next attempt."""
        await asyncio.sleep(self._next_s * (0.75 + 0.5 * self._jitter()))
        self._next_s = min(self._next_s * 2, _LONGEST_RETRY_S)


async def _end(*tasks: asyncio.Task[None] | None) -> None:
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
