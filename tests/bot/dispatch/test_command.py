"""`@command`: what is not as the catalog says fails at import; the rest comes from the entry."""

from __future__ import annotations

from typing import Any

import discord
import msgspec
import pytest
from discord import app_commands
from discord.ext import commands

from bot import catalog
from bot.catalog.entry import Access, Level
from bot.dispatch.command import HelixCommand, command
from tests.bot.asking import context_of
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot


def test_a_name_that_the_catalog_does_not_have_is_refused() -> None:
    for name in ("nonsense", "s", "Status"):
        with pytest.raises(LookupError, match=name):
            command(name)


def test_arguments_that_are_not_the_entrys_are_refused() -> None:
    async def agent(self: object, ctx: object, who: str) -> None: ...

    with pytest.raises(TypeError, match=r"\['name'\].*\['who'\]"):
        command("agent")(agent)


def test_an_action_must_be_an_argument() -> None:
    async def status(self: object, ctx: object) -> None: ...

    with pytest.raises(TypeError, match="no argument 'what'"):
        command("status", action="what")(status)


def test_actions_that_differ_in_access_need_to_be_told_apart() -> None:
    async def storage(self: object, ctx: object, action: str = "status") -> None: ...

    with pytest.raises(TypeError, match="differ in access"):
        command("storage")(storage)


async def test_half_of_a_character_in_an_argument_is_refused_with_its_place(running_bot: RunningBot) -> None:
    await running_bot.bot.loader.ensure("agents")
    found = running_bot.bot.get_command("agent")
    assert isinstance(found, HelixCommand)
    by_prefix, by_slash = [await context_of(running_bot, "member", command="agent") for _ in range(2)]
    by_prefix.args, by_prefix.kwargs = [None, by_prefix, "Ka\ud800el"], {}
    by_slash.args, by_slash.kwargs = [None, by_slash], {"name": "Ka\ud800el"}
    for ctx in (by_prefix, by_slash):
        with pytest.raises(commands.BadArgument, match="Character 3 of `name` is half of a character"):
            await found.call_before_hooks(ctx)
    by_slash.kwargs = {"name": "Ka😀el"}
    await found.call_before_hooks(by_slash)


class Pictures(commands.Cog):
    """Two commands as a cog has them."""

    @command("agents")
    async def agents(self, ctx: Any, layer: str | None = None) -> None: ...

    @command("visualize")
    async def visualize(self, ctx: Any, style: str = "julia") -> None: ...

    @visualize.autocomplete("style")
    async def _styles(self, _: discord.Interaction, current: str) -> list[app_commands.Choice[str]]: ...  # type: ignore[empty-body]  # never called


def test_a_command_is_what_its_entry_says_also_as_a_cogs_copy() -> None:
    entry = catalog.find("agents")
    assert entry is not None
    made = next(one for one in Pictures().get_commands() if one.name == "agents")
    assert isinstance(made, HelixCommand)
    assert made.entry is entry
    assert list(made.aliases) == list(entry.aliases)
    assert made.description == entry.summary
    assert made.app_command is not None
    option = made.app_command.parameters[0]
    assert [choice.value for choice in option.choices] == list(entry.params[0].choices)
    assert str(option.description) == entry.params[0].meaning
    contexts = made.app_command.allowed_contexts
    assert contexts is not None
    assert (contexts.guild, contexts.dm_channel, contexts.private_channel) == (True, True, False)


def test_completion_takes_the_place_of_fixed_choices() -> None:
    made = next(one for one in Pictures().get_commands() if one.name == "visualize")
    assert isinstance(made, HelixCommand)
    assert made.app_command is not None
    option = made.app_command.parameters[0]
    assert option.autocomplete
    assert option.choices == []


@pytest.fixture
def guarded_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """`!cache` for everyone, its `clear` for admins: a stand-in for the commands of that kind."""
    entry = catalog.find("cache")
    assert entry is not None
    access = Access(Level.everyone, actions={"clear": Level.admin})
    changed = msgspec.structs.replace(entry, access=access, ephemeral=False)
    monkeypatch.setattr(catalog, "_BY_NAME", {**catalog._BY_NAME, "cache": changed})


@pytest.mark.usefixtures("guarded_cache")
@pytest.mark.parametrize("text", ["!cache clear", "!cache CLEAR all", "/"])
async def test_an_action_has_its_own_access_by_prefix_and_slash(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, text: str
) -> None:
    cogs.write(
        "admin",
        """
        from discord.ext import commands
        from bot.dispatch.command import command

        class Admin(commands.Cog, name="admin"):
            @command("cache", action="action")
            async def cache(self, ctx, action: str = "stats", *, name: str | None = None):
                await ctx.say(f"did {action}")

        async def setup(bot):
            await bot.add_cog(Admin())
        """,
    )
    await start_bot(package=cogs.package)
    if text == "/":
        refused = await chat.slash("cache", action="clear")
        allowed = await chat.slash("cache", "admin", action="clear")
        read = await chat.slash("cache", action="stats")
    else:
        refused = await chat.ask(text)
        allowed = await chat.ask(text, "admin")
        read = await chat.ask("!cache")
    assert refused["content"].startswith("`clear` needs an administrator. Ask <@")
    assert allowed["content"].casefold() == "did clear"
    assert read["content"] == "did stats"


def test_actions_that_differ_in_cooldown_need_to_be_told_apart() -> None:
    async def setup(self: object, ctx: object, mode: str | None = None) -> None: ...

    with pytest.raises(TypeError, match="differ in cooldown"):
        command("setup")(setup)


STORAGE = """
    from discord.ext import commands
    from bot.dispatch.command import command

    class Storage(commands.Cog, name="storage"):
        @command("backup", action="action")
        async def backup(self, ctx, action: str = "create", backup: str | None = None):
            await ctx.say(f"did {action}")

    async def setup(bot):
        await bot.add_cog(Storage())
"""


@pytest.mark.parametrize("how", ["!", "/"])
async def test_looking_does_not_cost_the_cooldown_of_what_is_made(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, how: str
) -> None:
    cogs.write("storage", STORAGE)
    await start_bot(package=cogs.package)

    async def run(action: str) -> str:
        if how == "/":
            return str((await chat.slash("backup", "admin", action=action))["content"])
        return str((await chat.ask(f"!backup {action}", "admin"))["content"])

    said = [await run(action) for action in ("list", "create", "list", "verify", "create")]
    assert said[:4] == ["did list", "did create", "did list", "did verify"]
    assert said[4].startswith("One moment: try again in")


async def test_an_action_that_there_is_not_does_not_cost_it_either(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write("storage", STORAGE)
    await start_bot(package=cogs.package)
    await chat.ask("!backup crate", "admin")
    assert (await chat.ask("!backup", "admin"))["content"] == "did create"
