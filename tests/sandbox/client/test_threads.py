"""The real discord.py client in threads: started, spoken in, joined, archived, deleted."""

import asyncio
from typing import Any

import discord
import pytest

from sandbox import ActionError, Sandbox
from tests.sandbox.asking import register
from tests.sandbox.support import Bot, Bots


async def test_a_thread_is_started_from_a_message_and_talked_in(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    channel = bot.text_channel(general)
    source = await channel.send("what do you think?")
    heard = bot.expect("thread_create")
    edited = bot.expect("raw_message_edit")
    thread = await source.create_thread(name="Thoughts", auto_archive_duration=60)

    assert (await heard).id == thread.id == source.id
    assert (thread.name, thread.parent_id, thread.owner_id) == ("Thoughts", general, sandbox.application_id)
    assert (thread.auto_archive_duration, thread.archived, thread.type) == (
        60,
        False,
        discord.ChannelType.public_thread,
    )
    assert thread.me is not None
    assert (await edited).data["thread"]["id"] == str(thread.id)
    starter = await anext(thread.history())
    assert starter.type is discord.MessageType.thread_starter_message
    assert starter.reference is not None
    assert isinstance(starter.reference.resolved, discord.Message)
    assert starter.reference.resolved.content == "what do you think?"

    said = bot.expect("message", lambda message: message.content == "good")
    joined = bot.expect("thread_member_join")
    await sandbox.act.message(user="member", channel=thread.id, content="good")
    message = await said
    assert (await joined).id == sandbox.users["member"]
    assert message.channel == thread
    answer = await message.reply("so do I")
    assert answer.channel.id == thread.id
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.message_count, fetched.member_count, fetched.total_message_sent) == (2, 2, 2)
    assert (await channel.fetch_message(source.id)).flags.has_thread


async def test_a_thread_without_a_message_is_announced_in_its_channel(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    heard = bot.expect("message", lambda message: message.type is discord.MessageType.thread_created)
    thread = await channel.create_thread(name="Loose talk", type=discord.ChannelType.public_thread)
    notice = await heard

    assert notice.content == "Loose talk"
    assert notice.reference is not None
    assert (notice.reference.channel_id, notice.reference.message_id) == (thread.id, None)
    assert [message async for message in thread.history()] == []


async def test_a_private_thread_is_seen_by_those_in_it(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    thread = await channel.create_thread(name="Council", invitable=False)
    member = sandbox.users["member"]
    with pytest.raises(ActionError, match="no such channel"):
        await sandbox.act.message(user="member", channel=thread.id, content="?")
    told = bot.expect("thread_member_join")
    await thread.add_user(discord.Object(member))
    assert (await told).id == member
    await sandbox.act.message(user="member", channel=thread.id, content="here")

    assert {m.id for m in await thread.fetch_members()} == {member, sandbox.application_id}
    assert (await thread.fetch_member(member)).id == member
    gone = bot.expect("thread_member_remove")
    await thread.remove_user(discord.Object(member))
    assert (await gone).id == member
    with pytest.raises(discord.NotFound):
        await thread.fetch_member(member)
    with pytest.raises(ActionError, match="no such channel"):
        await sandbox.act.message(user="member", channel=thread.id, content="?")


async def test_a_thread_is_left_and_joined_again(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    theirs = await sandbox.act.start_thread(user="member", channel=general, name="Open house")
    thread = await bot.fetch_channel(int(theirs["id"]))
    assert isinstance(thread, discord.Thread)
    assert sandbox.application_id not in {m.id for m in await thread.fetch_members()}
    await thread.join()
    assert sandbox.application_id in {m.id for m in await thread.fetch_members()}
    await thread.leave()
    assert sandbox.application_id not in {m.id for m in await thread.fetch_members()}
    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.join_thread(channel.id)
    assert refused.value.code == 50024


async def test_a_new_name_is_told_in_the_thread(bot: Bot, sandbox: Sandbox, general: int) -> None:
    thread = await sandbox.act.start_thread(user="member", channel=general, name="Plan")
    heard = bot.expect("message", lambda message: message.type is discord.MessageType.channel_name_change)
    await sandbox.act.edit_thread(user="member", thread=thread["id"], name="Plan")
    await sandbox.act.edit_thread(user="member", thread=thread["id"], name="Plan B")
    notice = await heard

    assert (notice.channel.id, notice.content) == (int(thread["id"]), "Plan B")
    assert notice.author.id == sandbox.users["member"]


async def test_a_message_reopens_an_archived_thread(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    thread = await channel.create_thread(name="Short", type=discord.ChannelType.public_thread)
    message = await thread.send("one")
    gone = bot.expect("thread_update", lambda _, after: after.archived)
    await thread.edit(archived=True, name="Shorter")
    await gone

    assert [t.name for t in await channel.guild.active_threads()] == []
    assert [t.name async for t in channel.archived_threads()] == ["Shorter"]
    with pytest.raises(discord.HTTPException) as refused:
        await message.edit(content="two")
    assert refused.value.code == 50083
    back = bot.expect("raw_thread_update", lambda event: not event.data["thread_metadata"]["archived"])
    await sandbox.act.message(user="member", channel=thread.id, content="still there?")
    await back
    assert [t.name for t in await channel.guild.active_threads()] == ["Shorter"]


async def test_only_managers_write_in_a_locked_thread(bot: Bot, sandbox: Sandbox, general: int) -> None:
    thread = await bot.text_channel(general).create_thread(
        name="Sealed", type=discord.ChannelType.public_thread
    )
    with pytest.raises(discord.Forbidden):
        await thread.edit(locked=True)
    stored = sandbox.engine.world.find_channel(thread.id)
    assert stored is not None
    assert stored.thread is not None
    stored.thread.locked = True

    with pytest.raises(ActionError, match="locked"):
        await sandbox.act.message(user="member", channel=thread.id, content="?")
    with pytest.raises(discord.Forbidden) as refused:
        await thread.send("?")
    assert refused.value.code == 160005
    await sandbox.act.message(user="admin", channel=thread.id, content="the last word")


async def test_a_slash_command_is_answered_in_its_thread(bot: Bot, sandbox: Sandbox, general: int) -> None:
    thread = await bot.text_channel(general).create_thread(
        name="Work", type=discord.ChannelType.public_thread
    )
    asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done")
        asked.set_result(interaction.channel)

    await register(bot, answer)
    heard = bot.expect("message", lambda message: message.content == "done")
    await sandbox.act.slash(user="member", channel=thread.id, command="try")

    assert (await heard).channel.id == thread.id
    place = await asked
    assert isinstance(place, discord.Thread)
    assert place.parent_id == general


async def test_a_deleted_thread_or_channel_is_gone_for_good(bot: Bot, sandbox: Sandbox, general: int) -> None:
    home = bot.text_channel(general).guild
    room = await home.create_text_channel("room")
    thread = await room.create_thread(name="Inside", type=discord.ChannelType.public_thread)
    other = await sandbox.act.start_thread(user="member", channel=room.id, name="Theirs")
    with pytest.raises(discord.Forbidden):
        await (await _fetch(bot, other)).delete()
    await room.delete()

    with pytest.raises(discord.NotFound):
        await bot.fetch_channel(thread.id)
    assert sandbox.engine.world.guilds[home.id].threads == {}


async def _fetch(bot: Bot, data: dict[str, Any]) -> discord.Thread:
    thread = await bot.fetch_channel(int(data["id"]))
    assert isinstance(thread, discord.Thread)
    return thread


async def test_deleting_threads_needs_the_permission(bot: Bot, sandbox: Sandbox, general: int) -> None:
    for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values():
        role.permissions |= 1 << 34
    thread = await bot.text_channel(general).create_thread(
        name="Brief", type=discord.ChannelType.public_thread
    )
    gone = bot.expect("thread_delete")
    await thread.delete()

    assert (await gone).id == thread.id
    with pytest.raises(discord.NotFound):
        await thread.send("?")


async def test_a_client_that_comes_later_is_given_the_active_threads(
    bots: Bots, bot: Bot, sandbox: Sandbox, general: int
) -> None:
    channel = bot.text_channel(general)
    await channel.create_thread(name="Ours", type=discord.ChannelType.public_thread)
    await sandbox.act.start_thread(user="member", channel=general, name="Theirs")
    await sandbox.act.start_thread(user="member", channel=general, name="Secret", private=True)
    old = await sandbox.act.start_thread(user="member", channel=general, name="Old")
    await sandbox.act.edit_thread(user="member", thread=old["id"], archived=True)
    second = await bots.connect(Bot())

    home = second.get_guild(sandbox.home_guild_id)
    assert home is not None
    assert {t.name: t.me is not None for t in home.threads} == {"Ours": True, "Theirs": False}


async def test_leaving_the_server_leaves_its_threads(bot: Bot, sandbox: Sandbox, general: int) -> None:
    data = await sandbox.act.start_thread(user="member", channel=general, name="Goodbye")
    gone = bot.expect("member_remove")
    await sandbox.act.leave(user="member", guild=sandbox.home_guild_id)
    await gone

    assert await (await _fetch(bot, data)).fetch_members() == []


async def test_people_start_join_and_archive_threads(sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="member", channel=general, content="a thought")
    thread = await sandbox.act.start_thread(user="admin", channel=general, name="On it", message=sent["id"])
    assert thread["id"] == sent["id"]
    await sandbox.act.join_thread(user="member", thread=thread["id"])
    await sandbox.act.join_thread(user="member", thread=thread["id"], leave=True)
    with pytest.raises(ActionError, match="already been created"):
        await sandbox.act.start_thread(user="member", channel=general, name="Again", message=sent["id"])
    with pytest.raises(ActionError, match="Missing Permissions"):
        await sandbox.act.edit_thread(user="member", thread=thread["id"], archived=True)
    with pytest.raises(ActionError, match="not a thread"):
        await sandbox.act.join_thread(user="member", thread=general)
    await sandbox.act.edit_thread(user="admin", thread=thread["id"], archived=True)
    with pytest.raises(ActionError, match="archived"):
        await sandbox.act.join_thread(user="member", thread=thread["id"])
    await sandbox.act.edit_thread(user="member", thread=thread["id"], archived=False)
