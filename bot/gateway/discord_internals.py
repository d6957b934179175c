"""All that Helix uses of discord.py without a promise in its documentation; nothing else in Helix does.

`tests/bot/gateway/test_discord_internals.py` names each member and says what to do where an upgrade of
discord.py changes it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.ext.commands.view import StringView
from discord.gateway import DiscordWebSocket
from discord.http import Route

__all__ = [
    "LOGGER",
    "RECONNECTING",
    "CooldownSweep",
    "EarlyBot",
    "StringView",
    "WholeCallTree",
    "drop_choices",
    "find_gateway",
    "note_response",
    "register_commands",
    "reset_session",
    "set_addresses",
    "silence_voice",
]

ClientT = TypeVar("ClientT", bound=discord.Client)
Parser = Callable[[Any], None]

# Where discord.py logs each try to reconnect with a traceback, and how that message begins.
LOGGER: Final = "discord.client"
RECONNECTING: Final = "Attempting a reconnect"


class EarlyBot(commands.Bot):
    """A bot that can look at an event before discord.py makes objects of it."""

    def wrap_parser(self, event: str, wrap: Callable[[Parser], Parser]) -> None:
        """Replace what parses a gateway event, such as MESSAGE_CREATE, by what `wrap` makes of it."""
        parsers: dict[str, Parser] = self._connection.parsers
        parsers[event] = wrap(parsers[event])

    def is_awaited(self, event: str) -> bool:
        """Whether a `wait_for` or an added listener waits for the event."""
        return bool(self._listeners.get(event)) or bool(self.extra_events.get(f"on_{event}"))


class WholeCallTree(app_commands.CommandTree[ClientT]):
    """A command tree with a place around the whole of each slash call."""

    async def around_call(
        self,
        interaction: discord.Interaction[ClientT],
        call: Callable[[discord.Interaction[ClientT]], Awaitable[None]],
    ) -> None:
        """Run `call(interaction)`, which checks and runs the command; for subclasses."""
        await call(interaction)

    async def _call(self, interaction: discord.Interaction[ClientT]) -> None:
        await self.around_call(interaction, super()._call)


class CooldownSweep(commands.CooldownMapping[commands.Context[Any]]):
    """Cooldowns that are swept when `is_due` says so, where discord.py sweeps them at each use."""

    def is_due(self, moment: float) -> bool:
        """Whether to drop the unused buckets at `moment` (seconds since 1970); for subclasses."""
        raise NotImplementedError

    def _verify_cache_integrity(self, current: float | None = None) -> None:
        moment = time.time() if current is None else current
        if self.is_due(moment):
            super()._verify_cache_integrity(moment)


def note_response(interaction: discord.Interaction[Any]) -> None:
    """Tell discord.py that the interaction was answered with a message whose confirmation was lost."""
    kind = discord.InteractionResponseType.channel_message
    interaction.response._response_type = kind  # noqa: SLF001 - there is no public way


def drop_choices(command: app_commands.Command[Any, ..., Any], option: str) -> None:
    """Take away the fixed choices of an option, if there is one of that name."""
    known = command._params.get(option)  # noqa: SLF001 - there is no public way
    if known is not None:
        known.choices = []


def set_addresses(api: str, gateway: str, cdn: str | None) -> None:
    """Point discord.py at these addresses, for the whole process; without a CDN that stays as it is."""
    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    if cdn is not None:
        discord.Asset.BASE = cdn


def silence_voice() -> None:
    """Do not warn that the libraries for voice are missing."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


async def find_gateway(client: discord.Client) -> str:
    """The address of the gateway, asked of the API; the client has logged in."""
    found: dict[str, str] = await client.http.request(Route("GET", "/gateway/bot"))
    return found["url"]


async def register_commands(
    client: discord.Client, application_id: int, payload: list[dict[str, Any]]
) -> None:
    """Replace the application's global slash commands by these.

    Raises:
        discord.HTTPException: Discord refused them.
    """
    await client.http.bulk_upsert_global_commands(application_id, payload)


async def reset_session(client: discord.Client) -> None:
    """Close the HTTP session of a login that failed, so that the next login opens a new one."""
    await client.http.close()
    client.http.clear()
    client.http.connector = discord.utils.MISSING
