"""A post that nobody noted is found again, or it is said that nobody can tell."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot.effects import _own_posts
from sandbox.faults import Fault
from tests.bot.support import Chat, RunningBot


async def test_the_bots_own_post_with_that_footer_is_found(running_bot: RunningBot, chat: Chat) -> None:
    channel = running_bot.bot.get_partial_messageable(chat.channel)
    await chat.say("not this one")
    await channel.send(embed=discord.Embed(title="nor this").set_footer(text="other"))
    wanted = await channel.send(embed=discord.Embed(title="this").set_footer(text="mark"))
    assert await _own_posts.find(running_bot.bot, chat.channel, "mark") == wanted.id
    assert await _own_posts.find(running_bot.bot, chat.channel, "nothing") is None


async def test_a_channel_that_is_gone_has_none(running_bot: RunningBot) -> None:
    assert await _own_posts.find(running_bot.bot, 123456789012345678, "mark") is None


async def test_an_empty_answer_without_the_right_to_read_means_nothing(
    running_bot: RunningBot, chat: Chat
) -> None:
    bot = running_bot.bot
    channel = bot.get_channel(chat.channel)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, read_message_history=False)
    async with asyncio.timeout(40):
        while channel.permissions_for(channel.guild.me).read_message_history:
            await asyncio.sleep(0.005)
    with pytest.raises(_own_posts.CannotRead):
        await _own_posts.find(bot, chat.channel, "mark")


async def test_what_cloudflare_blocks_is_no_answer(running_bot: RunningBot, chat: Chat) -> None:
    running_bot.sandbox.engine.faults.add(Fault("GET", "/channels/*/messages", code=40333, times=1))
    with pytest.raises(discord.HTTPException):
        await _own_posts.find(running_bot.bot, chat.channel, "mark")
