"""bot/slash.json, and telling Discord of it only when it changed."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

from bot import app, catalog
from bot.dispatch import registration
from core.errors import StartError
from core.logs.secret import Secret
from core.settings import Settings
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot, settings_for


async def test_the_file_is_what_the_cogs_say_now() -> None:
    assert registration.PATH.read_text("utf-8") == await registration.render(), "stale: run `make slash`"


def test_every_command_is_in_it() -> None:
    payload = json.loads(registration.PATH.read_text("utf-8"))
    assert [one["name"] for one in payload] == [entry.name for entry in catalog.ENTRIES]


def test_it_restricts_nobody_by_permission_and_names_where_each_command_works() -> None:
    for one in json.loads(registration.PATH.read_text("utf-8")):
        entry = catalog.find(one["name"])
        assert entry is not None
        assert "default_member_permissions" not in one
        wanted = [number for number, place in ((0, "server"), (1, "dm")) if place in entry.where]
        assert sorted(one["contexts"]) == wanted
        assert [option["name"] for option in one["options"]] == [param.name for param in entry.params]


async def test_the_start_tells_discord_once_and_a_restart_does_not(
    start_bot: StartBot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        first = await start_bot(registers_by_http=True)
        assert "slash.registered" in caplog.text
        await first.service.stop()
        caplog.clear()
        assert not await registration.register(first.bot)
    assert "slash.registered" not in caplog.text


async def test_a_changed_file_is_told(running_bot: RunningBot, tmp_path: Path) -> None:
    changed = tmp_path / "slash.json"
    changed.write_text('[{"name": "only", "description": "one", "type": 1}]')
    assert await registration.register(running_bot.bot, changed)
    assert not await registration.register(running_bot.bot, changed)


async def test_what_discord_refuses_is_shown_and_does_not_hold_up_the_start(
    start_bot: StartBot, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_REGISTERED_WITHIN_S", 3600.0)
    monkeypatch.setattr(app, "_FIRST_RETRY_S", 3600.0)
    sandbox.engine.faults.add(Fault("PUT", "/applications/*/commands", status=400, times=1))
    running = await start_bot(registers_by_http=True)
    check = running.kernel.health.get("slash-commands")
    assert check is not None
    assert check.status == "warn"


async def test_what_discord_refuses_is_tried_again(
    start_bot: StartBot, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_FIRST_RETRY_S", 0.01)
    sandbox.engine.faults.add(Fault("PUT", "/applications/*/commands", status=400, times=1))
    health = (await start_bot(registers_by_http=True)).kernel.health
    async with asyncio.timeout(40):
        while (check := health.get("slash-commands")) is None or check.status != "pass":
            await asyncio.sleep(0.005)


async def test_sync_commands_tells_discord_without_store_or_gateway(sandbox: Sandbox, tmp_path: Path) -> None:
    text = await registration.sync_commands(settings_for(sandbox, tmp_path / "never"))
    assert str(sandbox.application_id) in text
    assert not (tmp_path / "never").exists()
    assert not sandbox.engine.world.bot_online


async def test_sync_commands_names_a_refused_token(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(sandbox, tmp_path, discord_token=Secret("wrong"))
    with pytest.raises(StartError, match=r"DISCORD_TOKEN.*Reset Token"):
        await registration.sync_commands(settings)


async def test_sync_commands_needs_a_token() -> None:
    with pytest.raises(StartError, match="DISCORD_TOKEN"):
        await registration.sync_commands(Settings())


async def test_sync_commands_says_what_cannot_be_reached(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(sandbox, tmp_path, discord_api_url="http://127.0.0.1:9/api/v10")
    with pytest.raises(StartError, match="DISCORD_API_URL"):
        await registration.sync_commands(settings)


async def test_sync_commands_says_that_discord_refused_them(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.engine.faults.add(Fault("PUT", "/applications/*/commands", status=400))
    with pytest.raises(StartError, match="refused the slash commands"):
        await registration.sync_commands(settings_for(sandbox, tmp_path))
