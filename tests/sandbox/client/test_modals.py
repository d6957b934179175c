"""The real discord.py client opening modals."""

import asyncio
from typing import Any

import discord
import pytest

from sandbox import ActionError, Sandbox
from tests.sandbox.asking import results, try_it
from tests.sandbox.support import Bot


class Form(discord.ui.Modal, title="A note"):
    """One short and one long text, and a menu of people."""

    name: discord.ui.TextInput["Form"] = discord.ui.TextInput(
        label="Name", custom_id="name", min_length=2, max_length=10, placeholder="of the note"
    )
    layer: discord.ui.Label["Form"] = discord.ui.Label(
        text="Layer",
        description="Where it belongs",
        component=discord.ui.Select(
            custom_id="layer",
            max_values=2,
            options=[discord.SelectOption(label=x, default=x == "b") for x in "abc"],
        ),
    )
    person: discord.ui.Label["Form"] = discord.ui.Label(
        text="Person", component=discord.ui.UserSelect(custom_id="person")
    )
    text: discord.ui.Label["Form"] = discord.ui.Label(
        text="Text",
        component=discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, required=False, default="as it was"
        ),
    )
    note: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Please be kind.")

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.submitted: asyncio.Future[discord.Interaction] = asyncio.get_running_loop().create_future()

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"kept {self.name.value}", ephemeral=True)
        self.submitted.set_result(interaction)


async def open_form(bot: Bot, sandbox: Sandbox) -> tuple[Form, str, dict[str, Any]]:
    """The modal that the member has open: the form, the interaction's id, and the results for the page."""
    told = results(sandbox)
    form = Form()

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(form)

    await try_it(bot, sandbox, answer)
    opened = next(entry for entry in told if entry["state"] == "modal")
    return form, opened["interaction_id"], opened["modal"]


async def test_a_form_is_shown_to_its_user_and_comes_back_filled_in(bot: Bot, sandbox: Sandbox) -> None:
    form, asked, modal = await open_form(bot, sandbox)
    assert (modal["title"], len(modal["components"])) == ("A note", 5)
    mona = str(sandbox.users["mod"])
    await sandbox.act.submit_modal(
        user="member", interaction=asked, values={"name": "first", "layer": ["a", "c"], "person": [mona]}
    )
    interaction = await asyncio.wait_for(form.submitted, 40)

    layer, person, text = form.layer.component, form.person.component, form.text.component
    assert isinstance(layer, discord.ui.Select)
    assert isinstance(person, discord.ui.UserSelect)
    assert isinstance(text, discord.ui.TextInput)
    assert (form.name.value, layer.values, text.value) == ("first", ["a", "c"], "as it was")
    assert [user.name for user in person.values] == ["mona"]
    assert interaction.type is discord.InteractionType.modal_submit
    assert (await interaction.original_response()).content == "kept first"


async def test_a_form_is_submitted_once(bot: Bot, sandbox: Sandbox) -> None:
    form, asked, _ = await open_form(bot, sandbox)
    values = {"name": "first", "person": [str(sandbox.users["mod"])]}
    await sandbox.act.submit_modal(user="member", interaction=asked, values=values)
    await asyncio.wait_for(form.submitted, 40)

    with pytest.raises(ActionError, match="no such form"):
        await sandbox.act.submit_modal(user="member", interaction=asked, values=values)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"name": "x"}, "Name must have 2 to 10 characters"),
        ({"name": "x" * 11}, "Name must have 2 to 10 characters"),
        ({"name": " "}, "Name is required"),
        ({}, "Name is required"),
        ({"name": ["a"]}, "Name must be text"),
        ({"name": "good", "nothing": "x"}, "no field 'nothing'"),
        ({"name": "good", "layer": ["z"]}, "does not offer that value"),
        ({"name": "good", "layer": []}, "at least 1 and at most"),
        ({"name": "good", "person": ["1"]}, "has the id 1"),
    ],
)
async def test_a_form_is_checked_before_it_is_sent(
    bot: Bot, sandbox: Sandbox, values: dict[str, object], complaint: str
) -> None:
    form, asked, _ = await open_form(bot, sandbox)

    with pytest.raises(ActionError, match=complaint):
        await sandbox.act.submit_modal(user="member", interaction=asked, values=values)
    with pytest.raises(ActionError, match="no such form"):
        await sandbox.act.submit_modal(user="mod", interaction=asked)
    assert not form.submitted.done()


async def test_a_form_from_a_button_may_change_the_buttons_message(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    class Ask(discord.ui.Modal, title="More"):
        more: discord.ui.TextInput["Ask"] = discord.ui.TextInput(label="More", custom_id="more")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=f"more: {self.more.value}")

    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Ask())

    view = discord.ui.View(timeout=None)
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Ask", custom_id="ask")
    button.callback = ask  # type: ignore[method-assign] # how discord.py documents it
    view.add_item(button)
    message = await bot.text_channel(general).send("less", view=view)
    opened = bot.expect("interaction")
    clicked = await sandbox.act.click(user="member", message=message.id, custom_id="ask")
    interaction = await opened
    while not interaction.response.is_done():
        await asyncio.sleep(0.005)
    edited = bot.expect("message_edit")
    await sandbox.act.submit_modal(
        user="member", interaction=clicked["interaction_id"], values={"more": "of it"}
    )

    assert (await edited)[1].content == "more: of it"


async def test_a_form_that_nobody_answers_fails_and_can_be_sent_again(bot: Bot, sandbox: Sandbox) -> None:
    form, asked, _ = await open_form(bot, sandbox)
    form.stop()
    told = results(sandbox)
    sandbox.engine.interactions.answer_s = 0.01
    values = {"name": "late", "person": [str(sandbox.users["mod"])]}
    sent = await sandbox.act.submit_modal(user="member", interaction=asked, values=values)
    while not told:
        await asyncio.sleep(0.005)

    assert (told[0]["interaction_id"], told[0]["state"]) == (sent["interaction_id"], "failed")
    again = await sandbox.act.submit_modal(user="member", interaction=asked, values=values)
    assert again["interaction_id"] != sent["interaction_id"]
