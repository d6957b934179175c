"""What ends long work on a server early is told."""

from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord

from bot.servers.work import in_words


def refused(code: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    response = cast("Any", SimpleNamespace(status=403 if kind is discord.Forbidden else 400, reason="No"))
    return kind(response, {"code": code, "message": "no"})


def test_what_discord_says_is_put_in_words() -> None:
    assert "lack a permission" in in_words(refused(50013, discord.Forbidden))
    assert "the most roles" in in_words(refused(30005))
    assert "the most channels" in in_words(refused(30013))
    assert "Try again" in in_words(refused(1))
    assert "Try again" in in_words(aiohttp.ClientError())
