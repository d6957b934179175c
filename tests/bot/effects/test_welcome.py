"""New members are welcomed, once for each join, where an admin has chosen a channel."""

from __future__ import annotations

import discord
import pytest

from bot.effects.welcome import WelcomeMessages
from bot.servers.welcomes import Welcomes
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot


async def chosen(running_bot: RunningBot, channel: str = "general") -> None:
    sandbox = running_bot.sandbox
    await Welcomes(running_bot.bot).set(sandbox.home_guild_id, sandbox.channel(channel))


async def join(sandbox: Sandbox, user: str = "newcomer") -> None:
    await sandbox.act.join(user=sandbox.users[user], guild=sandbox.home_guild_id)


async def member(running_bot: RunningBot, user: str) -> discord.Member:
    guild = running_bot.bot.get_guild(running_bot.sandbox.home_guild_id)
    assert guild is not None
    return await guild.fetch_member(running_bot.sandbox.users[user])


async def test_a_new_member_is_welcomed_and_nobody_else_is_mentioned(
    running_bot: RunningBot, chat: Chat
) -> None:
    sandbox = running_bot.sandbox
    await chosen(running_bot)
    await join(sandbox)
    (welcome,) = await chat.until(lambda: chat.from_bot() or None)
    assert welcome["content"] == f"<@{sandbox.users['newcomer']}>"
    assert welcome["channel_id"] == str(sandbox.channel("general"))
    assert [one["id"] for one in welcome["mentions"]] == [str(sandbox.users["newcomer"])]
    assert welcome["mention_everyone"] is False
    assert "Welcome to Helix Home" in welcome["embeds"][0]["title"]


async def test_one_join_is_one_welcome_and_another_is_another(running_bot: RunningBot, chat: Chat) -> None:
    sandbox = running_bot.sandbox
    effect = WelcomeMessages(running_bot.bot)
    await chosen(running_bot)
    assert await effect.welcome(await member(running_bot, "member"))
    assert not await effect.welcome(await member(running_bot, "member"))
    again = WelcomeMessages(running_bot.bot)
    assert not await again.welcome(await member(running_bot, "member"))
    assert len(chat.from_bot()) == 1
    await join(sandbox)
    await chat.until(lambda: len(chat.from_bot()) == 2 or None)
    await sandbox.act.leave(user=sandbox.users["newcomer"], guild=sandbox.home_guild_id)
    await join(sandbox)
    await chat.until(lambda: len(chat.from_bot()) == 3 or None)


async def test_it_is_off_until_it_is_set_and_once_it_is_off_again(
    running_bot: RunningBot, chat: Chat
) -> None:
    effect, welcomes = WelcomeMessages(running_bot.bot), Welcomes(running_bot.bot)
    assert not await effect.welcome(await member(running_bot, "member"))
    await chosen(running_bot)
    assert await welcomes.off(running_bot.sandbox.home_guild_id)
    assert not await welcomes.off(running_bot.sandbox.home_guild_id)
    assert not await effect.welcome(await member(running_bot, "member"))
    assert chat.from_bot() == []


async def test_bots_are_not_welcomed_nor_anybody_during_a_stop(running_bot: RunningBot) -> None:
    effect = WelcomeMessages(running_bot.bot)
    await chosen(running_bot)
    guild = running_bot.bot.get_guild(running_bot.sandbox.home_guild_id)
    assert guild is not None
    await effect._joined(guild.me)
    assert effect._queue.empty()
    await effect._joined(await member(running_bot, "member"))
    assert effect._queue.qsize() == 1
    running_bot.kernel.drain.close()
    await effect._joined(await member(running_bot, "mod"))
    assert effect._queue.qsize() == 1


async def test_too_many_at_once_are_dropped_and_logged(
    running_bot: RunningBot, caplog: pytest.LogCaptureFixture
) -> None:
    effect = WelcomeMessages(running_bot.bot)
    joined = await member(running_bot, "member")
    for _ in range(105):
        await effect._joined(joined)
    assert effect._queue.full()
    assert "welcome.dropped" in caplog.text


async def test_what_discord_refuses_is_logged_and_the_next_is_welcomed(
    running_bot: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = running_bot.sandbox
    await chosen(running_bot)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=403, times=1))
    await join(sandbox)
    await sandbox.act.leave(user=sandbox.users["newcomer"], guild=sandbox.home_guild_id)
    await join(sandbox)
    await chat.until(lambda: chat.from_bot() or None)
    assert len(chat.from_bot()) == 1
    assert "welcome.failed" in caplog.text
    assert "error=Forbidden:403:0" in caplog.text


async def test_each_server_has_its_own(start_bot: StartBot, sandbox: Sandbox, chat: Chat) -> None:
    running_bot = await start_bot()
    await Welcomes(running_bot.bot).set(
        sandbox.other_guild_id, sandbox.channel("bots", sandbox.other_guild_id)
    )
    assert not await WelcomeMessages(running_bot.bot).welcome(await member(running_bot, "member"))
    assert chat.from_bot() == []
