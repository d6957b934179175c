"""The real discord.py client answering slash commands, completions, buttons and menus."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox import ActionError, Sandbox
from sandbox.events import Event
from tests.sandbox.support import Bot, Bots, Clock

Answer = Callable[[discord.Interaction], Awaitable[None]]


def results(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What users are told about their interactions, filled as it happens."""
    told: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.name == "INTERACTION_RESULT" and event.only is not None:
            told.append(event.data(next(iter(event.only))))

    sandbox.engine.bus.subscribe(hear)
    return told


async def register(bot: Bot, answer: Answer) -> None:
    """Registers ``/try`` with that answer."""

    @bot.tree.command(name="try", description="Tries something")
    async def attempt(interaction: discord.Interaction) -> None:
        await answer(interaction)

    await bot.tree.sync()


async def try_it(bot: Bot, sandbox: Sandbox, answer: Answer) -> discord.Interaction:
    """Runs ``/try`` as the member in #general; gives the interaction once the answer has run through."""
    done: asyncio.Future[discord.Interaction] = asyncio.get_running_loop().create_future()

    async def run(interaction: discord.Interaction) -> None:
        try:
            await answer(interaction)
        except Exception as error:
            done.set_exception(error)
            raise
        done.set_result(interaction)

    await register(bot, run)
    await sandbox.act.slash(user="member", channel=sandbox.channel("general"), command="try")
    return await asyncio.wait_for(done, 10)


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


class Panel(discord.ui.View):
    """A button and menus whose answers a test gives."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(timeout=None)
        button: discord.ui.Button[Panel] = discord.ui.Button(label="Go", custom_id="go")
        menu: discord.ui.Select[Panel] = discord.ui.Select(
            custom_id="menu",
            max_values=2,
            options=[discord.SelectOption(label=x) for x in ("a", "b", "c")],
        )
        members: discord.ui.UserSelect[Panel] = discord.ui.UserSelect(custom_id="members")
        off: discord.ui.Button[Panel] = discord.ui.Button(label="Off", custom_id="off", disabled=True)
        for item in (button, menu, members, off):
            item.callback = answer  # type: ignore[method-assign,assignment] # how discord.py documents it
            self.add_item(item)


async def panel(bot: Bot, general: int, answer: Answer) -> discord.Message:
    return await bot.text_channel(general).send("panel", view=Panel(answer))


async def test_a_click_can_update_its_own_message(bot: Bot, sandbox: Sandbox, general: int) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        assert interaction.user.id == sandbox.users["member"]
        await interaction.response.edit_message(content="clicked", view=None)

    message = await panel(bot, general, answer)
    edited = bot.expect("message_edit")
    await sandbox.act.click(user="member", message=message.id, custom_id="go")
    _, after = await edited

    assert (after.id, after.content, after.components) == (message.id, "clicked", [])


async def test_a_click_can_be_deferred_and_edits_its_message_later(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        assert (await interaction.original_response()).id == message.id
        await interaction.edit_original_response(content="later")

    message = await panel(bot, general, answer)
    edited = bot.expect("message_edit")
    await sandbox.act.click(user="member", message=message.id, custom_id="go")

    assert (await edited)[1].content == "later"


async def test_a_click_can_be_answered_with_a_new_message_that_refers_to_it(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("answer")

    message = await panel(bot, general, answer)
    heard = bot.expect("message", lambda m: m.content == "answer")
    await sandbox.act.click(user="member", message=message.id, custom_id="go")
    reply = await heard

    assert reply.reference is not None
    assert reply.reference.message_id == message.id
    assert reply.mentions == []


async def test_a_menu_gives_what_was_chosen(bot: Bot, sandbox: Sandbox, general: int) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        assert interaction.data is not None
        values = interaction.data.get("values")
        await interaction.response.edit_message(content=str(values))

    message = await panel(bot, general, answer)
    for custom_id, values in (("menu", ["a", "c"]), ("members", [str(sandbox.users["mod"])])):
        edited = bot.expect("message_edit")
        await sandbox.act.select(user="member", message=message.id, custom_id=custom_id, values=values)
        assert (await edited)[1].content == str(values)


@pytest.mark.parametrize(
    ("custom_id", "values", "status"),
    [
        ("menu", ["d"], 400),
        ("menu", ["a", "a"], 400),
        ("menu", ["a", "b", "c"], 400),
        ("menu", [], 400),
        ("members", ["1"], 400),
        ("gone", ["a"], 404),
        ("go", ["a"], 400),
        ("off", None, 400),
        ("menu", None, 400),
    ],
)
async def test_what_a_menu_or_button_does_not_offer_cannot_be_chosen(
    *, bot: Bot, sandbox: Sandbox, general: int, custom_id: str, values: list[str] | None, status: int
) -> None:
    async def answer(_: discord.Interaction) -> None:
        raise AssertionError("nothing reaches the bot")

    message = await panel(bot, general, answer)
    act = (
        sandbox.act.click(user="member", message=message.id, custom_id=custom_id)
        if values is None
        else sandbox.act.select(user="member", message=message.id, custom_id=custom_id, values=values)
    )

    with pytest.raises(ActionError) as refused:
        await act

    assert refused.value.status == status


async def test_a_button_on_an_ephemeral_message_works_for_its_reader_only(bot: Bot, sandbox: Sandbox) -> None:
    clicked = asyncio.Event()

    async def press(interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="pressed")
        clicked.set()

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("press", view=Panel(press), ephemeral=True)

    interaction = await try_it(bot, sandbox, answer)
    original = await interaction.original_response()

    with pytest.raises(ActionError):
        await sandbox.act.click(user="owner", message=original.id, custom_id="go")
    await sandbox.act.click(user="member", message=original.id, custom_id="go")
    await asyncio.wait_for(clicked.wait(), 10)

    # Fetched by its id: discord.py keeps the original response it has once seen.
    assert (await interaction.followup.fetch_message(original.id)).content == "pressed"


async def test_only_one_of_two_clients_can_answer(bots: Bots, sandbox: Sandbox, general: int) -> None:
    errors: list[int] = []
    finished = asyncio.Semaphore(0)

    async def answer(interaction: discord.Interaction) -> None:
        try:
            await interaction.response.send_message("mine")
        except discord.HTTPException as error:
            errors.append(error.code)
        finished.release()

    for _ in range(2):
        await register(await bots.connect(), answer)
    await sandbox.act.slash(user="member", channel=general, command="try")
    async with asyncio.timeout(10):
        await finished.acquire()
        await finished.acquire()

    assert errors == [40060]


async def test_an_interaction_without_an_answer_fails_and_then_is_unknown(bot: Bot, sandbox: Sandbox) -> None:
    sandbox.engine.interactions.answer_s = 0.01
    told = results(sandbox)
    failed = asyncio.Event()
    sandbox.engine.bus.subscribe(lambda event: failed.set() if event.name == "INTERACTION_RESULT" else None)

    async def answer(interaction: discord.Interaction) -> None:
        await failed.wait()
        with pytest.raises(discord.NotFound) as late:
            await interaction.response.send_message("too late")
        assert late.value.code == 10062

    await try_it(bot, sandbox, answer)

    assert [(result["state"], result.get("message")) for result in told] == [
        ("failed", "The application did not respond")
    ]


async def test_a_token_dies_after_fifteen_minutes(bot: Bot, sandbox: Sandbox, clock: Clock) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("in time")
        clock.now_s += 901
        with pytest.raises(discord.HTTPException) as late:
            await interaction.followup.send("too late")
        assert (late.value.status, late.value.code) == (401, 50027)

    await try_it(bot, sandbox, answer)


async def test_an_answer_that_is_not_valid_leaves_the_interaction_open(bot: Bot, sandbox: Sandbox) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message("x" * 2001)
        assert refused.value.code == 50035
        interaction.response._response_type = None
        await interaction.response.send_message("short")

    interaction = await try_it(bot, sandbox, answer)

    assert (await interaction.original_response()).content == "short"
