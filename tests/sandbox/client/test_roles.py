"""The real discord.py client creating, editing, moving, assigning and deleting roles."""

import discord

from sandbox import Sandbox
from sandbox.records import Overwrite
from tests.sandbox.support import Bot


def home_of(bot: Bot, sandbox: Sandbox) -> discord.Guild:
    home = bot.get_guild(sandbox.home_guild_id)
    assert home is not None
    return home


async def test_a_role_is_created_at_the_bottom(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    heard = bot.expect("guild_role_create")
    role = await home.create_role(
        name="Gamer",
        colour=discord.Colour(0xF1C40F),
        hoist=True,
        mentionable=True,
        permissions=discord.Permissions(send_messages=True),
        reason="asked for",
    )

    assert (await heard).id == role.id
    assert (role.name, role.colour.value, role.hoist, role.mentionable) == ("Gamer", 0xF1C40F, True, True)
    assert role.permissions == discord.Permissions(send_messages=True)
    fetched = await home.fetch_roles()
    positions = {r.id: r.position for r in fetched}
    assert positions[role.id] == 1
    assert positions == {r.id: r.position for r in home.roles}, "the client counts as the sandbox does"


async def test_a_role_is_edited_and_what_is_not_named_stays(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    role = await home.create_role(name="Artist", hoist=True)
    heard = bot.expect("guild_role_update")
    await role.edit(name="Painter", colour=discord.Colour.red())
    await heard

    kept = await home.fetch_role(role.id)
    assert (kept.name, kept.colour, kept.hoist) == ("Painter", discord.Colour.red(), True)


async def test_roles_are_moved_below_the_bots_own(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    heard = bot.expect("guild_role_create", lambda role: role.name == "b")
    low, high = await home.create_role(name="a"), await home.create_role(name="b")
    await heard
    assert [role.name for role in home.roles][:3] == ["@everyone", "b", "a"]
    moved = bot.expect("guild_role_update", lambda _, role: role.name == "b" and role.position == 2)
    await home.edit_role_positions({low: 1, high: 2})
    await moved

    assert [role.name for role in sorted(await home.fetch_roles())][:4] == ["@everyone", "a", "b", "Member"]
    low = await home.fetch_role(low.id)
    await low.edit(position=3)
    assert [role.name for role in sorted(await home.fetch_roles())][:4] == ["@everyone", "b", "Member", "a"]


async def test_a_role_is_given_and_taken_and_the_member_knows(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    member = home.get_member(sandbox.users["member"])
    assert member is not None
    role = await home.create_role(name="Reader")
    update = bot.expect("member_update")
    await member.add_roles(role)
    before, after = await update
    assert role not in before.roles
    assert role in after.roles
    update = bot.expect("member_update")
    await member.remove_roles(role)
    await update
    assert role not in (await home.fetch_member(member.id)).roles


async def test_a_deleted_role_is_gone_from_its_members_and_channels(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    member = home.get_member(sandbox.users["member"])
    assert member is not None
    role = await home.create_role(name="Short-lived")
    await member.add_roles(role)
    world = sandbox.engine.world.guilds[home.id]
    general = world.channels[sandbox.channel("general")]
    general.overwrites = [Overwrite(role.id, 0, 0, 1 << 11)]
    heard = bot.expect("guild_role_delete")
    await role.delete()
    await heard
    assert general.overwrites == []

    fetched = await home.fetch_member(member.id)
    assert "Short-lived" not in [r.name for r in fetched.roles]
    assert role.id not in [r.id for r in await home.fetch_roles()]


async def test_a_member_gets_another_nick_and_other_roles_at_once(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    member = home.get_member(sandbox.users["member"])
    assert member is not None
    role = await home.create_role(name="Poet")
    update = bot.expect("member_update")
    await member.edit(nick="Mika the brave", roles=[role])
    _, after = await update

    assert after.nick == "Mika the brave"
    assert [r.name for r in after.roles] == ["@everyone", "Poet"]
    await member.edit(nick=None)
    assert (await home.fetch_member(member.id)).nick is None


async def test_the_bot_gives_itself_a_nick(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    update = bot.expect("member_update")
    await home.me.edit(nick="Spiral")

    assert (await update)[1].nick == "Spiral"
