"""Long work on a server: one at a time, and what ends it early is told."""

from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.servers.work import Busy, GuildWork, in_words


def refused(code: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    response = cast("Any", SimpleNamespace(status=403 if kind is discord.Forbidden else 400, reason="No"))
    return kind(response, {"code": code, "message": "no"})


def test_only_one_works_on_a_server_and_others_are_free() -> None:
    work = GuildWork()
    with work.hold(1, "setup"):
        with pytest.raises(Busy, match="`setup` is at work"), work.hold(1, "setup-roles"):
            pass
        with work.hold(2, "setup"):
            pass
    with work.hold(1, "setup-roles"):
        pass


def test_a_server_is_let_go_early_and_after_an_error() -> None:
    work = GuildWork()
    with work.hold(1, "setup") as let_go:
        let_go()
        with work.hold(1, "setup-roles"):
            pass
    with pytest.raises(LookupError), work.hold(1, "setup"):
        raise LookupError
    with work.hold(1, "setup"):
        pass


def test_what_discord_says_is_put_in_words() -> None:
    assert "lack a permission" in in_words(refused(50013, discord.Forbidden))
    assert "the most roles" in in_words(refused(30005))
    assert "the most channels" in in_words(refused(30013))
    assert "Try again" in in_words(refused(1))
    assert "Try again" in in_words(aiohttp.ClientError())
