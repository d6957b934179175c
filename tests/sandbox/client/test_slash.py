"""The real discord.py client answering slash commands and completions."""

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox import ActionError, Sandbox
from tests.sandbox.asking import register, results, try_it
from tests.sandbox.support import Bot


async def test_a_slash_command_gets_its_options_in_their_types(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    seen: list[Any] = []

    @bot.tree.command(name="types", description="Takes one of each")
    async def types(  # noqa: PLR0917 - one option of each type
        interaction: discord.Interaction,
        text: str,
        count: app_commands.Range[int, 1, 10],
        share: float,
        sure: bool,
        who: discord.Member,
        where: discord.TextChannel,
        role: discord.Role,
        anyone: discord.Member | discord.Role,
        level: str = "low",
    ) -> None:
        seen.extend([text, count, share, sure, who.id, where.id, role.name, anyone.id, level])
        await interaction.response.send_message("thanks")

    await bot.tree.sync()
    heard = bot.expect("message")
    home = bot.get_guild(sandbox.home_guild_id)
    assert home is not None
    admin = discord.utils.get(home.roles, name="Admin")
    assert admin is not None
    await sandbox.act.slash(
        user="member",
        channel=general,
        command="types",
        options={
            "text": "hi",
            "count": "3",
            "share": 0.5,
            "sure": "true",
            "who": sandbox.users["mod"],
            "where": general,
            "role": str(admin.id),
            "anyone": admin.id,
        },
    )
    message = await heard

    assert seen == ["hi", 3, 0.5, True, sandbox.users["mod"], general, "Admin", admin.id, "low"]
    assert message.content == "thanks"
    assert message.type is discord.MessageType.chat_input_command
    assert message.interaction_metadata is not None
    assert message.interaction_metadata.user.id == sandbox.users["member"]


async def test_a_command_of_one_server_is_offered_there_only(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    @bot.tree.command(name="here", description="Here only", guild=discord.Object(sandbox.home_guild_id))
    async def here(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here")

    await bot.tree.sync(guild=discord.Object(sandbox.home_guild_id))
    heard = bot.expect("message")
    await sandbox.act.slash(user="owner", channel=general, command="here")

    assert (await heard).content == "here"
    elsewhere = sandbox.channel("general", sandbox.other_guild_id)
    with pytest.raises(ActionError) as missing:
        await sandbox.act.slash(user="visitor-admin", channel=elsewhere, command="here")
    assert missing.value.status == 404


async def test_a_subcommand_is_reached_by_its_path(bot: Bot, sandbox: Sandbox, general: int) -> None:
    group = app_commands.Group(name="box", description="A box")

    @group.command(name="open", description="Opens it")
    async def open_box(interaction: discord.Interaction, how: str) -> None:
        await interaction.response.send_message(f"opened {how}")

    bot.tree.add_command(group)
    await bot.tree.sync()
    heard = bot.expect("message")

    await sandbox.act.slash(user="owner", channel=general, command="box open", options={"how": "slowly"})

    assert (await heard).content == "opened slowly"
    with pytest.raises(ActionError, match="needs a subcommand"):
        await sandbox.act.slash(user="owner", channel=general, command="box")
    with pytest.raises(ActionError, match="no subcommand"):
        await sandbox.act.slash(user="owner", channel=general, command="box close")


async def test_a_slash_command_works_in_direct_messages(bot: Bot, sandbox: Sandbox) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        assert interaction.guild is None
        await interaction.response.send_message("privately")

    await register(bot, answer)
    opened = await sandbox.act.message(user="owner", dm=True, content="hello")
    heard = bot.expect("message", lambda m: m.content == "privately")

    await sandbox.act.slash(user="owner", channel=opened["channel_id"], command="try")

    assert (await heard).guild is None


async def test_completion_gets_what_is_typed_and_gives_choices(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    @bot.tree.command(name="pick", description="Picks")
    async def pick(interaction: discord.Interaction, kind: str, thing: str) -> None: ...

    @pick.autocomplete("thing")
    async def complete(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{interaction.namespace.kind} {current}!", value="v")]

    await bot.tree.sync()

    answer = await sandbox.act.autocomplete(
        user="member",
        channel=general,
        command="pick",
        focused="thing",
        options={"kind": "red", "thing": "ap"},
    )

    assert answer == {"choices": [{"name": "red ap!", "value": "v"}]}


async def test_completion_without_an_answer_times_out(bot: Bot, sandbox: Sandbox, general: int) -> None:
    sandbox.engine.interactions.answer_s = 0.01
    never = asyncio.Event()

    @bot.tree.command(name="pick", description="Picks")
    async def pick(interaction: discord.Interaction, thing: str) -> None: ...

    @pick.autocomplete("thing")
    async def complete(_interaction: discord.Interaction, _: str) -> list[app_commands.Choice[str]]:
        await never.wait()
        return []

    await bot.tree.sync()

    with pytest.raises(ActionError) as late:
        await sandbox.act.autocomplete(user="member", channel=general, command="pick", focused="thing")
    never.set()

    assert late.value.status == 504


async def test_an_ephemeral_answer_is_for_its_reader_only(bot: Bot, sandbox: Sandbox, general: int) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("secret", ephemeral=True)

    heard = bot.expect("message")
    interaction = await try_it(bot, sandbox, answer)
    original = await interaction.original_response()
    message = await heard

    assert message.flags.ephemeral
    assert message.guild is None
    with pytest.raises(discord.NotFound):
        await bot.text_channel(general).fetch_message(original.id)
    assert [m async for m in bot.text_channel(general).history()] == []
    with pytest.raises(ActionError):
        await sandbox.act.reaction(user="owner", message=original.id, emoji="👍")


async def test_a_deferred_answer_shows_as_loading_until_it_is_edited(bot: Bot, sandbox: Sandbox) -> None:
    told = results(sandbox)

    async def answer(interaction: discord.Interaction) -> None:
        deferred = await interaction.response.defer(thinking=True)
        assert deferred is not None
        assert deferred.is_thinking()
        loading = await interaction.original_response()
        assert loading.flags.loading
        done = await interaction.edit_original_response(content="done")
        assert not done.flags.loading
        assert done.edited_at is None

    await try_it(bot, sandbox, answer)

    assert [result["state"] for result in told] == ["deferred", "answered"]


async def test_the_first_follow_up_fills_a_deferred_answer_and_keeps_it_ephemeral(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        first = await interaction.followup.send("one", wait=True)
        second = await interaction.followup.send("two", wait=True)
        assert first.id == (await interaction.original_response()).id
        assert first.flags.ephemeral
        assert second.id != first.id
        assert not second.flags.ephemeral

    await try_it(bot, sandbox, answer)

    assert [m.content async for m in bot.text_channel(general).history()] == ["two"]


async def test_follow_ups_are_edited_fetched_and_deleted(bot: Bot, sandbox: Sandbox, general: int) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("original")
        follow_up = await interaction.followup.send(
            "more", wait=True, ephemeral=True, file=discord.File(io.BytesIO(b"x"), "x.txt")
        )
        assert follow_up.attachments[0].filename == "x.txt"
        await follow_up.edit(content="even more")
        assert (await interaction.followup.fetch_message(follow_up.id)).content == "even more"
        await follow_up.delete()
        with pytest.raises(discord.NotFound):
            await interaction.followup.fetch_message(follow_up.id)
        await interaction.delete_original_response()
        with pytest.raises(discord.NotFound):
            await interaction.original_response()

    await try_it(bot, sandbox, answer)

    assert [m async for m in bot.text_channel(general).history()] == []


async def test_follow_ups_do_not_reach_messages_of_others(bot: Bot, sandbox: Sandbox, general: int) -> None:
    other = await bot.text_channel(general).send("not yours")

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("original")
        with pytest.raises(discord.NotFound):
            await interaction.followup.edit_message(other.id, content="taken over")
        with pytest.raises(discord.NotFound):
            await interaction.followup.delete_message(other.id)

    await try_it(bot, sandbox, answer)


async def test_a_file_and_an_embed_come_with_the_first_answer(bot: Bot, sandbox: Sandbox) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(
            embed=discord.Embed(title="t"), file=discord.File(io.BytesIO(b"x"), "x.txt")
        )
        original = await interaction.original_response()
        assert original.embeds[0].title == "t"
        assert await original.attachments[0].read() == b"x"

    await try_it(bot, sandbox, answer)
