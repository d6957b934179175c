"""The real discord.py client writing, reading and changing messages."""

import asyncio
import io
import struct
import zlib

import discord
import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from tests.sandbox.support import Api, Bot, Bots, deny_bot


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + bytes(4)


async def test_a_message_arrives_and_is_answered(bot: Bot, sandbox: Sandbox, general: int) -> None:
    heard = bot.expect("message")
    sent = await sandbox.act.message(user="member", channel=general, content="!status")
    message = await heard

    reply = await message.reply("all well", mention_author=True)

    assert str(message.id) == sent["id"]
    assert message.author.id == sandbox.users["member"]
    assert reply.type is discord.MessageType.reply
    assert reply.reference is not None
    assert reply.reference.message_id == message.id
    assert [user.id for user in reply.mentions] == [sandbox.users["member"]]


async def test_a_message_is_edited_and_deleted(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    message = await channel.send("first", embed=discord.Embed(title="kept"))
    edited = bot.expect("message_edit")

    changed = await message.edit(content="second")
    _, after = await edited
    deleted = bot.expect("message_delete")
    await message.delete()

    assert (changed.content, changed.embeds[0].title) == ("second", "kept")
    assert after.edited_at is not None
    assert (await deleted).id == message.id
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(message.id)


async def test_history_pages_both_ways_and_around(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    sent = [await channel.send(str(number)) for number in range(7)]

    newest = [m.content async for m in channel.history(limit=3)]
    older = [m.content async for m in channel.history(limit=2, before=sent[3])]
    newer = [m.content async for m in channel.history(limit=2, after=sent[3])]
    around = [m.content async for m in channel.history(limit=3, around=sent[3])]

    assert newest == ["6", "5", "4"]
    assert older == ["2", "1"]
    assert newer == ["4", "5"]
    assert sorted(around) == ["2", "3", "4"]


async def test_a_file_travels_and_comes_back_byte_for_byte(bot: Bot, general: int) -> None:
    data = zlib.compress(b"anything") + bytes(range(256))

    message = await bot.text_channel(general).send(
        "with a file", file=discord.File(io.BytesIO(data), "käse report.txt", description="a report")
    )

    attachment = message.attachments[0]
    assert attachment.filename == "k_se_report.txt"
    assert attachment.description == "a report"
    assert await attachment.read() == data


async def test_an_image_tells_its_size(bot: Bot, general: int) -> None:
    message = await bot.text_channel(general).send(file=discord.File(io.BytesIO(png(640, 480)), "a.png"))

    attachment = message.attachments[0]
    assert (attachment.width, attachment.height) == (640, 480)
    assert attachment.content_type == "image/png"


async def test_an_embed_shows_an_uploaded_image(bot: Bot, general: int) -> None:
    embed = discord.Embed(title="chart").set_image(url="attachment://chart.png")

    message = await bot.text_channel(general).send(
        embed=embed, file=discord.File(io.BytesIO(png(3, 2)), "chart.png")
    )

    image = message.embeds[0].image
    assert message.attachments == []
    assert image.url is not None
    assert image.url.startswith("http://127.0.0.1")
    assert (image.width, image.height) == (3, 2)
    async with bot.http._HTTPClient__session.get(image.url) as response:  # type: ignore[attr-defined]
        assert await response.read() == png(3, 2)


async def test_editing_can_swap_the_attachments(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    message = await channel.send(
        files=[discord.File(io.BytesIO(b"1"), "one.txt"), discord.File(io.BytesIO(b"2"), "two.txt")]
    )

    changed = await message.edit(
        attachments=[message.attachments[1], discord.File(io.BytesIO(b"3"), "three.txt")]
    )

    assert [attachment.filename for attachment in changed.attachments] == ["two.txt", "three.txt"]
    with pytest.raises(discord.NotFound):
        await message.attachments[0].read()


async def test_reactions_are_added_listed_and_removed(bot: Bot, sandbox: Sandbox, general: int) -> None:
    message = await bot.text_channel(general).send("vote")
    added = bot.expect("reaction_add", lambda _, user: user.id == sandbox.users["mod"])
    removed = bot.expect("reaction_remove")

    await message.add_reaction("👍")
    await sandbox.act.reaction(user="mod", message=message.id, emoji="👍")
    await added
    fetched = await message.channel.fetch_message(message.id)
    who = [user.id async for user in fetched.reactions[0].users()]
    await message.remove_reaction("👍", discord.Object(sandbox.users["mod"]))
    await removed
    await message.clear_reactions()

    assert (fetched.reactions[0].count, fetched.reactions[0].me) == (2, True)
    assert sorted(who) == sorted([sandbox.users["mod"], sandbox.application_id])
    assert (await message.channel.fetch_message(message.id)).reactions == []


async def test_one_emoji_can_be_cleared_and_ones_own_reaction_withdrawn(bot: Bot, general: int) -> None:
    message = await bot.text_channel(general).send("vote")
    for emoji in ("1️⃣", "❤️", "🎉"):
        await message.add_reaction(emoji)

    assert bot.user is not None
    await message.remove_reaction("1️⃣", bot.user)
    await message.clear_reaction("❤️")

    left = (await message.channel.fetch_message(message.id)).reactions
    assert [str(reaction.emoji) for reaction in left] == ["🎉"]


async def test_an_emoji_that_is_none_is_refused(bot: Bot, general: int) -> None:
    message = await bot.text_channel(general).send("vote")

    with pytest.raises(discord.HTTPException) as refused:
        await message.add_reaction("thumbs")

    assert (refused.value.status, refused.value.code) == (400, 10014)


async def test_an_enforced_nonce_sends_once_for_two_clients(bots: Bots, general: int) -> None:
    old, new = await bots.connect(), await bots.connect()

    both = await asyncio.gather(
        old.text_channel(general).send("reply", nonce="123-0"),
        new.text_channel(general).send("reply", nonce="123-0"),
    )

    assert both[0].id == both[1].id
    assert len([m async for m in old.text_channel(general).history()]) == 1


async def test_a_direct_message_goes_both_ways(bot: Bot, sandbox: Sandbox) -> None:
    heard = bot.expect("message", lambda m: m.author.id == sandbox.users["visitor-admin"])
    user = bot.get_user(sandbox.users["visitor-admin"])
    assert user is not None

    sent = await user.send("psst")
    await sandbox.act.message(user="visitor-admin", dm=True, content="yes?")
    answer = await heard

    assert answer.guild is None
    assert answer.channel.id == sent.channel.id
    assert answer.content == "yes?"


async def test_the_bot_cannot_write_to_a_user_without_a_shared_server(bot: Bot, sandbox: Sandbox) -> None:
    stranger = await bot.fetch_user(sandbox.users["newcomer"])

    with pytest.raises(discord.Forbidden) as refused:
        await stranger.send("hello")

    assert refused.value.code == 50007


async def test_several_messages_are_deleted_at_once(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    messages = [await channel.send(str(number)) for number in range(3)]
    gone = bot.expect("raw_bulk_message_delete")

    await channel.delete_messages(messages[:2])

    assert (await gone).message_ids == {messages[0].id, messages[1].id}
    assert [m.content async for m in channel.history()] == ["2"]


@pytest.mark.parametrize(
    ("denied", "code"),
    [(Permission.SEND_MESSAGES, 50013), (Permission.VIEW_CHANNEL, 50001)],
)
async def test_a_missing_permission_is_forbidden_as_discord_says(
    bot: Bot, sandbox: Sandbox, general: int, denied: Permission, code: int
) -> None:
    deny_bot(sandbox, general, deny=denied)

    with pytest.raises(discord.Forbidden) as refused:
        await bot.text_channel(general).send("no")

    assert refused.value.code == code


async def test_files_and_embeds_need_their_permissions(bot: Bot, sandbox: Sandbox, general: int) -> None:
    deny_bot(sandbox, general, deny=Permission.ATTACH_FILES | Permission.EMBED_LINKS)
    channel = bot.text_channel(general)

    with pytest.raises(discord.Forbidden):
        await channel.send(file=discord.File(io.BytesIO(b"x"), "x.txt"))
    with pytest.raises(discord.Forbidden):
        await channel.send(embed=discord.Embed(title="x"))

    await channel.send("words are fine")


async def test_anothers_message_cannot_be_edited_and_needs_a_permission_to_delete(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    heard = bot.expect("message")
    await sandbox.act.message(user="member", channel=general, content="mine")
    message = await heard

    with pytest.raises(discord.Forbidden) as edit:
        await bot.http.edit_message(
            general, message.id, params=discord.http.handle_message_parameters(content="yours")
        )
    deny_bot(sandbox, general, deny=Permission.MANAGE_MESSAGES)
    with pytest.raises(discord.Forbidden) as delete:
        await message.delete()

    assert (edit.value.code, delete.value.code) == (50005, 50013)


async def test_a_429_is_waited_out(bot: Bot, api: Api, general: int) -> None:
    status, _ = await api.control(
        "POST",
        "/control/fault",
        {
            "method": "POST",
            "route": "/channels/*/messages",
            "status": 429,
            "retry_after_s": 0.02,
            "times": 2,
        },
    )

    message = await bot.text_channel(general).send("in the end")

    assert status == 200
    assert message.content == "in the end"


async def test_a_server_error_is_retried_or_raised(bot: Bot, api: Api, general: int) -> None:
    await api.control("POST", "/control/fault", {"route": "/channels/*/messages", "status": 503, "times": 1})

    with pytest.raises(discord.DiscordServerError):
        await bot.text_channel(general).send("lost")

    await bot.text_channel(general).send("kept")


async def test_members_roles_and_channels_can_be_fetched(bot: Bot, sandbox: Sandbox) -> None:
    home = await bot.fetch_guild(sandbox.home_guild_id, with_counts=True)

    member = await home.fetch_member(sandbox.users["mod"])
    members = [m.name async for m in home.fetch_members(limit=None)]
    roles = await home.fetch_roles()
    channels = await home.fetch_channels()
    channel = await bot.fetch_channel(sandbox.channel("alerts"))
    found = await home.query_members("mi") if home.chunked else []

    assert (home.approximate_member_count, home.approximate_presence_count) == (5, 5)
    assert member.name == "mona"
    assert sorted(members) == sorted(["olive", "adam", "mona", "mika", "Helix"])
    assert {role.name for role in roles} == {"@everyone", "Admin", "Mod", "Member", "Helix"}
    assert len(channels) == 6
    assert channel.id in {c.id for c in channels}
    assert found == []


async def test_members_can_be_queried_over_the_gateway(bot: Bot, sandbox: Sandbox) -> None:
    home = bot.get_guild(sandbox.home_guild_id)

    assert home is not None
    assert [member.name for member in await home.query_members("mik")] == ["mika"]


async def test_a_user_outside_the_server_is_not_a_member(bot: Bot, sandbox: Sandbox) -> None:
    home = bot.get_guild(sandbox.home_guild_id)

    assert home is not None
    with pytest.raises(discord.NotFound) as missing:
        await home.fetch_member(sandbox.users["newcomer"])

    assert missing.value.code == 10007
