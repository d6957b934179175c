"""Registers the slash commands from `bot/slash.json`, which `make slash` generates from the cogs.

Registering therefore loads no cog, and happens only when the commands have changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.ext import commands

from bot import catalog
from bot.gateway import library_log
from bot.gateway.discord_internals import register_commands
from bot.gateway.endpoints import Endpoints
from bot.loading.swap import attach
from core.errors import StartError

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from core.settings import Settings

logger = logging.getLogger(__name__)

PATH = Path(__file__).parents[1] / "slash.json"

REFUSED = (
    "DISCORD_TOKEN: Discord refuses this token. In the Developer Portal open your application, Bot, Reset"
    " Token, and set the new one."
)
OUT_OF_REACH = (aiohttp.ClientError, OSError, TimeoutError)

_HASH_KEY = "slash-hash"


async def render(package: str = "bot.cogs") -> str:
    """The JSON of all commands for Discord's bulk overwrite, in the catalog's order."""
    bot = commands.Bot(command_prefix=(), help_command=None, intents=discord.Intents(guilds=True))
    for cog in catalog.COGS:
        await attach(bot, importlib.import_module(f"{package}.{cog.name}"))
    payloads = {command.name: command.to_dict(bot.tree) for command in bot.tree.get_commands()}
    ordered = [_plain(payloads[entry.name]) for entry in catalog.ENTRIES if entry.name in payloads]
    await bot.close()
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def content_hash(payload: str) -> str:
    """A hash of the payload."""
    return hashlib.sha256(payload.encode()).hexdigest()


async def register(bot: HelixBot, path: Path = PATH) -> bool:
    """Register the commands unless this application has these already; return whether it did.

    Raises:
        discord.HTTPException: Discord refused them.
    """
    payload = await asyncio.to_thread(path.read_text, "utf-8")
    wanted = content_hash(payload)
    if await bot.key_values.get(bot.remember_scope, _HASH_KEY) == wanted or bot.application_id is None:
        return False
    await register_commands(bot, bot.application_id, json.loads(payload))
    await bot.key_values.set(bot.remember_scope, _HASH_KEY, wanted)
    logger.info("slash.registered hash=%s", wanted[:12])
    return True


async def sync_commands(settings: Settings, path: Path = PATH) -> str:
    """Register the commands in any case; return a sentence for the terminal.

    Logs in and sends them, without store, gateway or HTTP server.

    Raises:
        StartError: there is no token, Discord refuses it, or Discord cannot be reached.
    """
    if not settings.discord_token:
        raise StartError(
            "DISCORD_TOKEN: it is not set, and without it there is nobody to tell the commands to."
        )
    payload: list[dict[str, Any]] = json.loads(await asyncio.to_thread(path.read_text, "utf-8"))
    Endpoints(settings.discord_api_url, settings.discord_gateway_url).apply()
    library_log.quieten()
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        async with client:
            await client.login(settings.discord_token.reveal())
            application_id = client.application_id
            if application_id is None:
                raise StartError(
                    "DISCORD_TOKEN: Discord does not say which application this token belongs to."
                )
            await register_commands(client, application_id, payload)
    except discord.LoginFailure as error:
        raise StartError(REFUSED) from error
    except discord.HTTPException as error:
        raise StartError(
            f"Discord refused the slash commands ({error.status}, code {error.code})."
        ) from error
    except OUT_OF_REACH as error:
        raise StartError(
            f"DISCORD_API_URL={settings.discord_api_url} cannot be reached ({type(error).__name__})."
        ) from error
    return f"Registered {len(payload)} slash commands of application {application_id}."


def _plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Drop Discord's defaults and all permissions: access is checked at run time."""
    skipped = {"default_member_permissions", "dm_permission", "nsfw", "integration_types"}
    return {key: value for key, value in payload.items() if key not in skipped}


async def _write() -> None:
    text = await render()
    await asyncio.to_thread(PATH.write_text, text, "utf-8")
    sys.stdout.write(f"{PATH.name}: {len(json.loads(text))} commands, {content_hash(text)[:12]}\n")


if __name__ == "__main__":
    asyncio.run(_write())
