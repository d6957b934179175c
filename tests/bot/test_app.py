"""The bot's start and stop: what ends the start, what is waited for, what a lost connection changes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket

from bot import app, catalog
from bot.app import BotService
from bot.building import build_bot
from bot.gateway.endpoints import Endpoints
from bot.parts import HelixBot
from core.errors import StartError
from core.logs.secret import Secret
from core.metrics import Gauge
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, opened_collective, settings_for, text_of
from tests.core.store.notes_store import turns


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits 5 s before it identifies anew, and longer and longer before it connects anew."""

    async def at_once(*_: object, **__: object) -> None: ...

    monkeypatch.setattr(HelixBot, "before_identify_hook", at_once)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.01)
    monkeypatch.setattr(app, "_FIRST_RETRY_S", 0.01)


async def started_with(sandbox: Sandbox, folder: Path, **changes: object) -> None:
    async with opened_collective(settings_for(sandbox, folder, **changes)) as (kernel, collective):
        service = BotService(build_bot(kernel, collective))
        try:
            await service.start()
        finally:
            await service.stop()


async def test_a_refused_token_ends_the_start_and_names_the_step_that_mends_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(StartError, match=r"DISCORD_TOKEN.*Reset Token"):
        await started_with(sandbox, tmp_path, discord_token=Secret("wrong"))


async def test_no_token_ends_the_start(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="DISCORD_TOKEN"):
        await started_with(sandbox, tmp_path, discord_token=None)


@pytest.mark.parametrize(
    ("code", "text"), [(4014, "Message Content Intent"), (4004, "DISCORD_TOKEN"), (4013, "close code 4013")]
)
async def test_a_gateway_that_refuses_for_good_ends_the_start(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, text: str
) -> None:
    async def refuse(self: DiscordWebSocket) -> None:
        await self.socket.close()
        raise discord.ConnectionClosed(self.socket, shard_id=None, code=code)

    monkeypatch.setattr(DiscordWebSocket, "identify", refuse)
    with pytest.raises(StartError, match=text):
        await started_with(sandbox, tmp_path)


async def test_an_api_that_is_down_at_start_is_tried_again(start_bot: StartBot, sandbox: Sandbox) -> None:
    sandbox.engine.faults.add(Fault("GET", "/users/@me", status=400, times=2))
    running = await start_bot()
    assert running.bot.gateway.ready.is_set()


async def test_a_gateway_that_is_down_at_start_is_tried_again(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter(range(2))
    connect = DiscordWebSocket.from_client.__func__  # type: ignore[attr-defined]  # a classmethod's function

    async def flaky(cls: type, /, *args: object, **kwargs: object) -> object:
        if next(failures, None) is not None:
            raise ConnectionRefusedError
        return await connect(cls, *args, **kwargs)

    monkeypatch.setattr(DiscordWebSocket, "from_client", classmethod(flaky))
    running = await start_bot()
    assert running.bot.gateway.ready.is_set()


async def test_the_start_does_not_wait_for_ever_and_health_says_why(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(sandbox, tmp_path, discord_api_url="http://127.0.0.1:9/api/v10")
    async with opened_collective(settings) as (kernel, collective):
        service = BotService(build_bot(kernel, collective), ready_within_s=0.5)
        try:
            await service.start()
            kernel.health.refresh()
            check = kernel.health.get("gateway")
            assert check is not None
            assert (check.status, check.required) == ("fail", True)
            assert "its API cannot be reached" in check.reason
        finally:
            await service.stop()


async def test_where_only_the_api_is_given_it_says_where_the_gateway_is(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = settings_for(sandbox, tmp_path, discord_gateway_url=None)
    async with opened_collective(settings) as (kernel, collective):
        service = BotService(build_bot(kernel, collective))
        try:
            await service.start()
            assert service.bot.gateway.ready.is_set()
            assert service.bot.endpoints.gateway_url == sandbox.gateway_url
        finally:
            await service.stop()


async def test_a_dropped_gateway_is_resumed_without_a_lost_or_doubled_command(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    await chat.ask("!status")
    said = []
    for way in (sandbox.engine.gateway.drop, sandbox.engine.gateway.ask_reconnect):
        assert way() == 1
        said += [await chat.say("!agent Lumina", user) for user in ("owner", "admin", "mod")]
        for message in said[-3:]:
            await chat.reply_to(message)
    async with asyncio.timeout(40):
        await running_bot.bot.gateway.ready.wait()
    assert await running_bot.kernel.drain.wait(5.0)
    assert [len(chat.replies_to(message)) for message in said] == [1] * 6
    assert running_bot.bot.gateway.reconnects == 2
    check = running_bot.kernel.health.get("gateway")
    assert check is not None
    assert check.status == "pass"
    assert check.counters["reconnects"] == 2


async def test_a_session_that_discord_forgot_is_begun_anew(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    sandbox.engine.gateway.invalidate(resumable=False)
    async with asyncio.timeout(40):
        while running_bot.bot.gateway.reconnects < 1:
            await asyncio.sleep(0.005)
    assert "harmony" in text_of(await chat.ask("!status"))


async def test_a_token_that_is_taken_back_later_shows_on_health_and_the_process_stays(
    running_bot: RunningBot, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: DiscordWebSocket) -> None:
        await self.socket.close()
        raise discord.ConnectionClosed(self.socket, shard_id=None, code=4004)

    monkeypatch.setattr(DiscordWebSocket, "resume", refuse)
    monkeypatch.setattr(DiscordWebSocket, "identify", refuse)
    sandbox.engine.gateway.drop()
    async with asyncio.timeout(40):
        while "DISCORD_TOKEN" not in running_bot.bot.gateway.problem:
            await asyncio.sleep(0.005)
    check = running_bot.kernel.health.get("gateway")
    assert check is not None
    assert check.status == "fail"


async def test_the_exporters_gauges_are_there(running_bot: RunningBot) -> None:
    metrics = running_bot.kernel.metrics
    families = {family.name: family for family in metrics.collect()}
    assert families["discord_connected"].samples[0].value == 1
    assert families["discord_stat_total_guilds"].samples[0].value == 2
    assert families["discord_stat_total_commands"].samples[0].value == len(catalog.ENTRIES)
    assert families["discord_stat_total_channels"].samples[0].value > 2
    assert isinstance(metrics.get("discord_latency_seconds"), Gauge)


async def test_a_slow_gateway_is_a_warning(running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelixBot, "latency", 1.5)
    reading = running_bot.bot.gateway.probe()
    assert (reading.status, reading.reason) == ("warn", "heartbeats take over 1 s")
    assert reading.load == 0.75
    bound = reading.thresholds[0]
    assert (bound.of, bound.warn, bound.settings) == ("latency_s", 1.0, ("GATEWAY_LATENCY_WARN_MS",))
    monkeypatch.setattr(HelixBot, "latency", float("nan"))
    reading = running_bot.bot.gateway.probe()
    assert reading.status == "pass"
    assert reading.observed_value is None


async def test_what_people_say_tells_how_right_the_clock_is(running_bot: RunningBot, chat: Chat) -> None:
    watch = running_bot.kernel.clock_skew
    await chat.ask("!ping")
    await chat.slash("ping")
    assert watch.drift_s() is None
    await chat.ask("!ping")
    drift_s = watch.drift_s()
    assert drift_s is not None
    assert abs(drift_s) < 5
    assert watch.probe().status == "pass"


async def test_the_service_knows_its_name_and_what_it_needs(running_bot: RunningBot) -> None:
    service = running_bot.service.service(after=("http",))
    assert (service.name, service.after) == ("discord", ("http",))


async def test_a_form_or_button_that_nobody_knows_has_expired(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="old", custom_id="from-another-life"))
    channel = running_bot.bot.get_partial_messageable(chat.channel)
    sent = await channel.send("press", view=view)
    view.stop()
    running_bot.bot._connection._view_store.remove_view(view)
    await sandbox.act.click(user="member", message=sent.id, custom_id="from-another-life")
    told = await chat.until(lambda: next((m for m in chat.from_bot() if "expired" in text_of(m)), None))
    assert told["flags"] & 64


async def test_a_cancelled_start_leaves_nothing_open(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.engine.faults.add(Fault("GET", "/users/@me", delay_s=30.0))
    async with opened_collective(settings_for(sandbox, tmp_path)) as (kernel, collective):
        service = BotService(build_bot(kernel, collective))
        starting = asyncio.create_task(service.start())
        async with asyncio.timeout(40):
            while service._connecting is None:
                await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert service.bot.is_closed()
        assert service._connecting.done()


async def test_a_missing_slash_file_is_said_and_not_waited_for(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_file(_: object) -> bool:
        raise FileNotFoundError

    monkeypatch.setattr(app, "register", no_file)
    running = await start_bot()
    check = running.kernel.health.get("slash-commands")
    assert check is not None
    assert (check.status, check.action) == ("warn", "Run `make slash`.")


async def test_everything_is_closed_after_the_stop(sandbox: Sandbox, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    await started_with(sandbox, tmp_path)
    left = {task.get_name() for task in asyncio.all_tasks() - before}
    assert {name for name in left if "discord" in name or "slash" in name or "cog" in name} == set()


async def test_the_endpoints_that_main_hands_over_win(sandbox: Sandbox, tmp_path: Path) -> None:
    async with opened_collective(settings_for(sandbox, tmp_path)) as (kernel, collective):
        endpoints = Endpoints(sandbox.api_url, sandbox.gateway_url, sandbox.cdn_url)
        service = BotService(
            build_bot(kernel, collective, endpoints=endpoints, base_url="https://helix.example")
        )
        try:
            await service.start()
            assert sandbox.cdn_url == discord.Asset.BASE
            assert service.bot.base_url == "https://helix.example"
        finally:
            await service.stop()


async def test_a_server_that_comes_while_the_connection_is_lost_makes_no_connection(
    running_bot: RunningBot,
) -> None:
    gateway = running_bot.bot.gateway
    gateway.notice("disconnect")
    assert not gateway.ready.is_set()
    gateway.notice_socket_event("GUILD_CREATE")
    await turns()
    assert not gateway.ready.is_set()
    gateway.notice("resumed")
    assert gateway.ready.is_set()


async def test_a_connection_that_is_closed_by_a_stop_is_not_lost(
    running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_bot.bot, "is_closed", lambda: True)
    running_bot.bot.gateway.notice("disconnect")
    check = running_bot.kernel.health.get("gateway")
    assert check is not None
    assert check.status == "pass"
    monkeypatch.undo()
