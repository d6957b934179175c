"""The real discord.py client creating, editing, moving and deleting channels and categories."""

import io

import discord
import pytest

from sandbox import Sandbox
from sandbox.records import Overwrite
from tests.sandbox.support import Api, Bot, deny_bot

Overwrites = dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]


def home_of(bot: Bot, sandbox: Sandbox) -> discord.Guild:
    home = bot.get_guild(sandbox.home_guild_id)
    assert home is not None
    return home


async def test_a_channel_is_created_under_its_category(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    category = await home.create_category("Lore")
    heard = bot.expect("guild_channel_create", lambda channel: channel.name == "🧾│field-notes")
    channel = await home.create_text_channel(
        "🧾│Field Notes!", category=category, topic="What was seen", slowmode_delay=5, nsfw=True
    )

    assert (await heard).id == channel.id
    fetched = await bot.fetch_channel(channel.id)
    assert isinstance(fetched, discord.TextChannel)
    assert (fetched.name, fetched.topic, fetched.category_id) == (
        "🧾│field-notes",
        "What was seen",
        category.id,
    )
    assert (fetched.slowmode_delay, fetched.nsfw) == (5, True)
    assert category.name == "Lore", "a category keeps its capitals"
    assert (await channel.send("first")).channel.id == channel.id


async def test_a_channel_without_overwrites_has_those_of_its_category(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    hidden: Overwrites = {
        home.default_role: discord.PermissionOverwrite(view_channel=False),
        home.me: discord.PermissionOverwrite(view_channel=True),
    }
    category = await home.create_category("Admin", overwrites=hidden)
    synced = await category.create_text_channel("plans")
    open_to_all = discord.PermissionOverwrite(view_channel=True)
    other = await category.create_text_channel("open", overwrites={home.default_role: open_to_all})

    assert synced.permissions_synced
    assert not other.permissions_synced
    world = sandbox.engine.world
    seen = {
        name: {
            channel.name
            for channel in world.guilds[home.id].channels.values()
            if world.permissions_in(channel, sandbox.users[name])
        }
        for name in ("member", "admin")
    }
    assert {"open"} == {"Admin", "plans", "open"} & seen["member"]
    assert seen["admin"] >= {"Admin", "plans", "open"}


async def test_a_channel_is_edited_and_what_is_not_named_stays(bot: Bot, sandbox: Sandbox) -> None:
    channel = bot.text_channel(sandbox.channel("general"))
    heard = bot.expect("guild_channel_update")
    await channel.edit(name="Main Hall", slowmode_delay=10)

    _, after = await heard
    assert (after.name, after.topic, after.slowmode_delay) == (
        "main-hall",
        "Everyone, about everything",
        10,
    )
    await channel.edit(topic="", category=None, nsfw=True)
    fetched = await bot.fetch_channel(channel.id)
    assert isinstance(fetched, discord.TextChannel)
    assert (fetched.topic, fetched.category_id, fetched.nsfw) == (None, None, True)


async def test_channels_are_moved_and_take_their_new_categorys_overwrites(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    quiet: Overwrites = {home.default_role: discord.PermissionOverwrite(send_messages=False)}
    category = await home.create_category("Lore", overwrites=quiet)
    channel = bot.text_channel(sandbox.channel("general"))
    heard = bot.expect("guild_channel_update", lambda _, after: after.category_id == category.id)
    await channel.move(category=category, end=True, sync_permissions=True)
    await heard

    stored = sandbox.engine.world.find_channel(channel.id)
    assert stored is not None
    assert stored.parent_id == category.id
    assert stored.overwrites == [Overwrite(home.id, 0, 0, 1 << 11)]
    heard = bot.expect("guild_channel_update", lambda _, after: after.id == category.id)
    await category.edit(position=0)
    await heard
    positions = {c.name: c.position for c in sandbox.engine.world.guilds[home.id].channels.values()}
    assert positions["Lore"] < positions["Talk"] < positions["Watch"]


async def test_the_overwrite_of_a_member_is_set_and_removed(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    channel = bot.text_channel(sandbox.channel("general"))
    member = home.get_member(sandbox.users["member"])
    assert member is not None
    heard = bot.expect("guild_channel_update")
    await channel.set_permissions(member, send_messages=False, view_channel=True)
    await heard
    assert channel.overwrites_for(member).send_messages is False
    assert not channel.permissions_for(member).send_messages
    heard = bot.expect("guild_channel_update")
    await channel.set_permissions(member, overwrite=None)
    await heard
    assert channel.overwrites == {}


async def test_a_deleted_category_leaves_its_channels_behind(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    talk = next(category for category in home.categories if category.name == "Talk")
    gone = bot.expect("guild_channel_delete")
    await talk.delete()

    assert (await gone).id == talk.id
    assert bot.text_channel(sandbox.channel("general")).category_id is None
    with pytest.raises(discord.NotFound):
        await bot.fetch_channel(talk.id)


async def test_a_deleted_channel_takes_its_files_along(bot: Bot, sandbox: Sandbox, api: Api) -> None:
    channel = await home_of(bot, sandbox).create_text_channel("shelf")
    message = await channel.send(file=discord.File(io.BytesIO(b"x"), "x.txt"))
    url = message.attachments[0].url
    async with api.session.get(url) as before:
        assert before.status == 200
    await channel.delete()

    async with api.session.get(url) as after:
        assert after.status == 404


async def test_the_bot_gets_events_about_hidden_channels(bot: Bot, sandbox: Sandbox) -> None:
    heard = bot.expect("guild_channel_create")
    home = home_of(bot, sandbox)
    secret: Overwrites = {home.default_role: discord.PermissionOverwrite(view_channel=False)}
    channel = await home.create_text_channel("secret", overwrites=secret)

    assert (await heard).id == channel.id, "as at Discord, where GUILD_CREATE names them, too"
    with pytest.raises(discord.Forbidden):
        await channel.send("nobody")
    general = sandbox.channel("general")
    deny_bot(sandbox, general)
    with pytest.raises(discord.Forbidden):
        await bot.fetch_channel(general)
