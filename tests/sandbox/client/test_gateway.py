"""The real discord.py client on the gateway: logging in, dropping, resuming, starting over."""

import asyncio
import time
from typing import Any

import discord
import pytest
from discord.gateway import KeepAliveHandler

from sandbox import Sandbox
from tests.sandbox.support import Bot, Bots

pytestmark = pytest.mark.unmeasured


async def test_a_client_logs_in_and_knows_both_servers(bot: Bot, sandbox: Sandbox) -> None:
    home = bot.get_guild(sandbox.home_guild_id)

    assert bot.user is not None
    assert bot.user.id == bot.application_id == sandbox.application_id
    assert {guild.name for guild in bot.guilds} == {"Helix Home", "Another Server"}
    assert home is not None
    assert home.owner_id == sandbox.users["owner"]
    assert [channel.name for channel in home.text_channels] == [
        "general",
        "bot-commands",
        "alerts",
        "telemetry",
    ]


async def test_the_member_list_is_complete_after_ready(bot: Bot, sandbox: Sandbox) -> None:
    home = bot.get_guild(sandbox.home_guild_id)

    assert home is not None
    assert home.chunked
    mod = home.get_member(sandbox.users["mod"])
    admin = home.get_member(sandbox.users["admin"])
    assert mod is not None
    assert admin is not None
    assert mod.guild_permissions.manage_guild
    assert not mod.guild_permissions.administrator
    assert admin.guild_permissions.administrator
    assert home.me.guild_permissions.manage_roles
    assert home.self_role is not None


async def test_a_wrong_token_is_a_login_failure(bots: Bots) -> None:
    with pytest.raises(discord.LoginFailure):
        await bots.connect(token="sandbox.wrong")


async def test_a_switched_off_intent_is_said_by_name(bots: Bots, sandbox: Sandbox) -> None:
    sandbox.engine.world.application.message_content_intent = False

    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bots.connect()


async def test_the_application_and_its_owner_are_known(bot: Bot, sandbox: Sandbox) -> None:
    application = await bot.application_info()

    assert application.id == sandbox.application_id
    assert application.owner.id == sandbox.users["owner"]
    assert application.flags.gateway_message_content_limited


async def test_a_dropped_connection_resumes_with_nothing_lost_or_doubled(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    await sandbox.act.message(user="owner", channel=general, content="before")
    resumed, last = bot.expect("resumed"), bot.expect("message", lambda m: m.content == "after")

    assert sandbox.engine.gateway.drop() == 1
    await sandbox.act.message(user="owner", channel=general, content="meanwhile")
    await resumed
    await sandbox.act.message(user="owner", channel=general, content="after")
    await last

    assert bot.texts() == ["before", "meanwhile", "after"]
    assert sum(name == "ready" for name, _ in bot.heard) == 1


async def test_many_drops_in_a_row_lose_nothing(bot: Bot, sandbox: Sandbox, general: int) -> None:
    expected = []
    for number in range(5):
        resumed = bot.expect("resumed")
        sandbox.engine.gateway.drop()
        for part in "ab":
            expected.append(f"{number}{part}")
            await sandbox.act.message(user="owner", channel=general, content=expected[-1])
        await resumed

    last = bot.expect("message")
    await sandbox.act.message(user="owner", channel=general, content="end")
    await last

    assert bot.texts() == [*expected, "end"]


async def test_op_7_makes_the_client_reconnect_and_resume(bot: Bot, sandbox: Sandbox, general: int) -> None:
    resumed = bot.expect("resumed")

    sandbox.engine.gateway.ask_reconnect()
    await sandbox.act.message(user="owner", channel=general, content="meanwhile")
    await resumed

    assert bot.texts() == ["meanwhile"]


async def test_a_resumable_invalid_session_is_resumed(bot: Bot, sandbox: Sandbox) -> None:
    resumed = bot.expect("resumed")

    sandbox.engine.gateway.invalidate(resumable=True)

    await resumed


async def test_an_invalid_session_makes_the_client_identify_again(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    ready = bot.expect("ready")

    sandbox.engine.gateway.invalidate(resumable=False)
    await ready
    heard = bot.expect("message")
    await sandbox.act.message(user="owner", channel=general, content="hello again")

    assert (await heard).content == "hello again"
    assert sandbox.engine.gateway.identifies_left == 998


async def test_a_session_the_server_has_lost_is_replaced_by_a_new_one(bot: Bot, sandbox: Sandbox) -> None:
    ready = bot.expect("ready")
    for session in sandbox.engine.sessions.connected():
        sandbox.engine.sessions.end(session)

    sandbox.engine.gateway.drop()

    await ready


@pytest.mark.parametrize("code", [4000, 4009, 1000])
async def test_a_closing_code_that_allows_it_is_resumed(bot: Bot, sandbox: Sandbox, code: int) -> None:
    resumed = bot.expect("resumed")

    await sandbox.engine.gateway.close_all(code)

    await resumed


async def test_two_clients_in_an_overlapping_deploy_both_get_all_events(
    bots: Bots, sandbox: Sandbox, general: int
) -> None:
    old, new = await bots.connect(), await bots.connect()
    heard = [old.expect("message"), new.expect("message")]

    await sandbox.act.message(user="owner", channel=general, content="both")

    assert [message.content for message in await asyncio.gather(*heard)] == ["both", "both"]


async def test_the_bot_shows_as_offline_once_its_last_client_has_closed(bots: Bots, sandbox: Sandbox) -> None:
    old, new = await bots.connect(), await bots.connect()
    online = [sandbox.engine.world.bot_online]
    gone = asyncio.Event()
    sandbox.engine.bus.subscribe(lambda event: gone.set() if event.name == "BOT_CONNECTION" else None)

    await old.close()
    online.append(sandbox.engine.world.bot_online)
    await new.close()
    await asyncio.wait_for(gone.wait(), 40)

    assert online == [True, True]
    assert not sandbox.engine.world.bot_online


async def test_a_sharded_client_gets_both_servers(pointed: Sandbox) -> None:
    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Does not wait."""

    client = Sharded(intents=discord.Intents.all(), shard_count=2, guild_ready_timeout=0.01)
    ready = asyncio.Event()

    @client.event
    async def on_ready() -> None:
        ready.set()

    task = asyncio.create_task(client.start(pointed.token), name="test.sharded")
    await asyncio.wait_for(ready.wait(), 40)
    names = {guild.name for guild in client.guilds}
    await client.close()
    await task

    assert names == {"Helix Home", "Another Server"}


async def test_joins_and_leaves_arrive_as_events(bot: Bot, sandbox: Sandbox) -> None:
    joined, left = bot.expect("member_join"), bot.expect("member_remove")

    await sandbox.act.join(user="newcomer", guild=sandbox.home_guild_id)
    member = await joined
    await sandbox.act.leave(user="newcomer", guild=sandbox.home_guild_id)

    assert member.id == sandbox.users["newcomer"]
    assert (await left).id == member.id


async def test_typing_events_arrive_both_ways(bot: Bot, sandbox: Sandbox, general: int) -> None:
    heard = bot.expect("typing", lambda _, user, __: user.id == sandbox.users["member"])

    await sandbox.act.typing(user="member", channel=general)
    await heard
    own = bot.expect("typing", lambda _, user, __: user.id == sandbox.application_id)
    async with bot.text_channel(general).typing():
        channel, _, _ = await own

    assert channel.id == general


async def test_a_default_avatar_can_be_read(bot: Bot, sandbox: Sandbox) -> None:
    user = bot.get_user(sandbox.users["mod"])

    assert user is not None
    assert (await user.display_avatar.read()).startswith(b"\x89PNG")


async def test_a_clients_latency_is_that_of_its_last_heartbeat(
    bots: Bots, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.engine.gateway.heartbeat_s = 0.05
    begun_s: list[float] = []
    from_its_own: asyncio.Queue[bool] = asyncio.Queue()
    payload, acknowledge = KeepAliveHandler.get_payload, KeepAliveHandler.ack

    def get_payload(handler: KeepAliveHandler) -> dict[str, Any]:
        begun_s.append(time.perf_counter())
        return payload(handler)

    def ack(handler: KeepAliveHandler) -> None:
        acknowledge(handler)
        from_its_own.put_nowait(handler._last_ack - handler.latency >= begun_s[-1])

    monkeypatch.setattr(KeepAliveHandler, "get_payload", get_payload)
    monkeypatch.setattr(KeepAliveHandler, "ack", ack)
    await bots.connect()
    # When answered at once, discord.py counts from the heartbeat before; under load it may do so anyway.
    async with asyncio.timeout(40):
        in_a_row = 0
        while in_a_row < 3:
            in_a_row = in_a_row + 1 if await from_its_own.get() else 0
