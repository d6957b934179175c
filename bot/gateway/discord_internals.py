"""All use of undocumented parts of discord.py; the rest of Helix uses none.

`tests/bot/gateway/test_discord_internals.py` names each of them and says what to do if an upgrade of
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

# The logger with a traceback for each reconnect, and the start of that message.
LOGGER: Final = "discord.client"
RECONNECTING: Final = "Attempting a reconnect"


class EarlyBot(commands.Bot):
    """A bot that can inspect an event before discord.py builds objects from it."""

    def wrap_parser(self, event: str, wrap: Callable[[Parser], Parser]) -> None:
        """Wrap the parser of a gateway event such as MESSAGE_CREATE."""
        parsers: dict[str, Parser] = self._connection.parsers
        parsers[event] = wrap(parsers[event])

    def is_awaited(self, event: str) -> bool:
        """Whether a `wait_for` or an added listener waits for the event."""
        return bool(self._listeners.get(event)) or bool(self.extra_events.get(f"on_{event}"))


class WholeCallTree(app_commands.CommandTree[ClientT]):
    """A command tree with a hook around each slash call."""

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
    """Cooldowns that are swept only when `is_due` returns True; discord.py sweeps at each use."""

    def is_due(self, moment: float) -> bool:
        """Whether to drop the unused buckets at `moment` (seconds since 1970); for subclasses."""
        raise NotImplementedError

    def _verify_cache_integrity(self, current: float | None = None) -> None:
        moment = time.time() if current is None else current
        if self.is_due(moment):
            super()._verify_cache_integrity(moment)


def note_response(interaction: discord.Interaction[Any]) -> None:
    """Tell discord.py that the interaction was answered, after the confirmation was lost."""
    kind = discord.InteractionResponseType.channel_message
    interaction.response._response_type = kind  # noqa: SLF001 - there is no public way


def drop_choices(command: app_commands.Command[Any, ..., Any], option: str) -> None:
    """Remove the fixed choices of an option, if the option exists."""
    known = command._params.get(option)  # noqa: SLF001 - there is no public way
    if known is not None:
        known.choices = []


def set_addresses(api: str, gateway: str, cdn: str | None) -> None:
    """Set discord.py's addresses for the whole process; `cdn` None keeps the present one."""
    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    if cdn is not None:
        discord.Asset.BASE = cdn


def silence_voice() -> None:
    """Suppress the warning that the voice libraries are missing."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


async def find_gateway(client: discord.Client) -> str:
    """Ask the API for the gateway's address; the client must be logged in."""
    found: dict[str, str] = await client.http.request(Route("GET", "/gateway/bot"))
    return found["url"]


async def register_commands(
    client: discord.Client, application_id: int, payload: list[dict[str, Any]]
) -> None:
    """Replace the application's global slash commands.

    Raises:
        discord.HTTPException: Discord refused them.
    """
    await client.http.bulk_upsert_global_commands(application_id, payload)


async def reset_session(client: discord.Client) -> None:
    """Close the HTTP session of a failed login, so that the next login opens a new one."""
    await client.http.close()
    client.http.clear()
    client.http.connector = discord.utils.MISSING
