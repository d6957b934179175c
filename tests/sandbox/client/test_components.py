"""The real discord.py client answering buttons and menus."""

import asyncio

import discord
import pytest

from sandbox import ActionError, Sandbox
from tests.sandbox.asking import Answer, try_it
from tests.sandbox.support import Bot


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
    await asyncio.wait_for(clicked.wait(), 40)

    # Fetched by its id: discord.py keeps the original response it has once seen.
    assert (await interaction.followup.fetch_message(original.id)).content == "pressed"
