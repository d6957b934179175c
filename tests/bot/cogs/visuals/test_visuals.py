"""Pictures and the server's icon with the real client on the sandbox."""

from typing import Any

import msgspec
import pytest

from bot.servers.icons import Icons
from sandbox.cdn import flat_png
from state.change import Change
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot

HOME_ROLE = "Helix"


def home(talk: Talk) -> Any:
    return talk.sandbox.engine.world.guilds[talk.sandbox.home_guild_id]


def take_manage_server(talk: Talk) -> None:
    role = next(role for role in home(talk).roles.values() if role.name == HOME_ROLE)
    role.permissions &= ~(1 << 5)


async def set_foreign_icon(running_bot: RunningBot) -> str:
    guild = running_bot.bot.get_guild(running_bot.sandbox.home_guild_id)
    assert guild is not None
    edited = await guild.edit(icon=flat_png(0x1C7156, 64))
    assert edited.icon is not None
    return edited.icon.key


async def icon_rows(running_bot: RunningBot) -> list[tuple[str | None, object, object]]:
    entries = await running_bot.collective.journal.entries(kinds=("icon",))
    return [(entry.actor, entry.before, entry.after) for entry in reversed(entries)]


async def test_a_picture_comes_with_alt_text_and_its_values(talk: Talk) -> None:
    message = await talk.ask("member", "!visualize ouro")
    assert "🟢 resilience 1.00" in text_of(message)
    assert "A scaled serpent in a ring" in message["attachments"][0]["description"]


async def test_a_picture_is_drawn_once_until_the_field_changes(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("member", "!visualize mandala")
    await talk.ask("mod", "!visualize")
    assert running_bot.kernel.worker.jobs == 1
    await running_bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, prana=0.9))
    )
    assert "prana 0.90" in text_of(await talk.ask("admin", "!visualize mandala"))
    assert running_bot.kernel.worker.jobs == 2


async def test_styles_and_values_are_completed(talk: Talk) -> None:
    assert await talk.complete("member", "visualize", "style", "mand") == ["mandelbrot", "mandala"]
    assert "on" in await talk.complete("admin", "icon", "value", "")
    offered = await talk.sandbox.act.autocomplete(
        user=talk.sandbox.users["admin"], channel=talk.sandbox.channel("bot-commands"), command="icon",
        focused="value", options={"action": "cycle", "value": ""},
    )  # fmt: skip
    assert [choice["value"] for choice in offered["choices"]] == ["on", "off"]


async def test_setting_an_icon_is_shown_and_journalled(talk: Talk, running_bot: RunningBot) -> None:
    assert "**Now** none" in text_of(await talk.ask("admin", "!icon"))
    assert "now mandala" in text_of(await talk.ask("admin", "!icon set mandala"))
    assert home(talk).icon is not None
    text = text_of(await talk.ask("admin", "!icon info"))
    assert "**Now** **mandala**" in text
    assert "**Cycle** off" in text
    assert await icon_rows(running_bot) == [("Adam (admin)", None, "mandala")]


async def test_our_own_icon_is_replaced_without_asking(talk: Talk) -> None:
    await talk.ask("admin", "!icon set julia")
    assert "now ouroboros" in text_of(await talk.ask("admin", "!icon set ouroboros"))


@pytest.mark.parametrize(("button", "said"), [("Yes, do it", "now julia"), ("No", "stays as it is")])
async def test_a_foreign_icon_is_replaced_only_after_confirmation(
    talk: Talk, running_bot: RunningBot, button: str, said: str
) -> None:
    key = await set_foreign_icon(running_bot)
    assert "not made by me" in text_of(await talk.ask("admin", "!icon"))
    question = await talk.ask("admin", "!icon set julia")
    assert "Replace it?" in text_of(question)
    assert running_bot.kernel.worker.jobs == 0
    await talk.press("admin", question, button)
    await talk.until(lambda message: said in text_of(message))
    assert (home(talk).icon == key) == (button == "No")


@pytest.mark.parametrize("line", ["!icon set julia", "!icon cycle on"])
async def test_without_manage_server_it_explains_what_is_missing(
    talk: Talk, running_bot: RunningBot, line: str
) -> None:
    take_manage_server(talk)
    guild = running_bot.bot.get_guild(running_bot.sandbox.home_guild_id)
    assert guild is not None
    for role in guild.me.roles:
        role._permissions &= ~(1 << 5)
    assert "need the permission **Manage Server**" in text_of(await talk.ask("admin", line))
    assert home(talk).icon is None


async def test_the_cycle_is_switched_on_once_and_off_again(talk: Talk, running_bot: RunningBot) -> None:
    assert "cycle is on" in text_of(await talk.ask("admin", "!icon cycle on"))
    assert "already on" in text_of(await talk.ask("admin", "!icon cycle on"))
    record = await Icons(running_bot.bot).find(running_bot.sandbox.home_guild_id)
    assert record.mode == "mandelbrot"
    assert record.next_at is not None
    assert "cycle is off" in text_of(await talk.ask("owner", "!icon cycle off"))
    assert "already off" in text_of(await talk.ask("owner", "!icon cycle off"))
    assert await icon_rows(running_bot) == [
        ("Adam (admin)", "off", "on"),
        ("Adam (admin)", None, "mandelbrot"),
        ("Olive (owner)", "on", "off"),
    ]


async def test_a_server_elsewhere_has_an_icon_and_an_admin_of_its_own(
    talk: Talk, running_bot: RunningBot
) -> None:
    elsewhere = talk.sandbox.channel("general", talk.sandbox.other_guild_id)
    assert "now mandala" in text_of(await talk.ask("visitor-admin", "!icon set mandala", channel=elsewhere))
    assert "cycle is on" in text_of(await talk.ask("visitor-admin", "!icon cycle on", channel=elsewhere))
    assert home(talk).icon is None
    # The journal of the collective holds no names of people in other servers.
    assert await icon_rows(running_bot) == []
