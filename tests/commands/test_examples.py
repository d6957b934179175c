"""The catalog, the cogs and what `help` shows agree; each example works when it is executed."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from bot import catalog
from bot.catalog.entry import CommandEntry
from bot.dispatch.command import HelixCommand
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import ended
from tests.commands.table import LEAST_CALLER, YES, started


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.name)
async def test_the_example_that_help_shows_works(
    start_bot: StartBot, talk: Talk, entry: CommandEntry
) -> None:
    running = await started(start_bot)
    caller = LEAST_CALLER[
        max([entry.access.level, *(entry.access.needed(action) for action in _named(entry))])
    ]
    page = text_of(await talk.ask(caller, f"!help {entry.name}"))
    assert entry.example in page
    reply = await talk.ask(caller, entry.example)
    if any(item.get("label") == YES for item in items(reply)):
        await talk.press(caller, reply, YES)
    await ended(running, entry.name, "ok", 2 if entry.name == "help" else 1)


async def test_names_aliases_arguments_and_access_are_those_of_the_catalog(start_bot: StartBot) -> None:
    bot = (await start_bot()).bot
    for info in catalog.COGS:
        await bot.loader.ensure(info.name)
    for entry in catalog.ENTRIES:
        command = bot.get_command(entry.name)
        assert isinstance(command, HelixCommand)
        assert command.entry is entry
        assert set(command.aliases) == set(entry.aliases)
        declared = inspect.signature(command.callback).parameters
        shown = list(declared.values())[2:]
        assert [param.name for param in shown] == [param.name for param in entry.params]
        for param, parameter in zip(entry.params, shown, strict=True):
            assert param.required == (parameter.default is inspect.Parameter.empty), (entry.name, param.name)
            if param.kind == "rest":
                assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, entry.name
        for alias in entry.aliases:
            assert bot.get_command(alias) is command
    assert {command.name for command in bot.commands} == {entry.name for entry in catalog.ENTRIES}


def test_no_command_of_the_catalog_is_without_its_cog() -> None:
    cogs = Path(catalog.__file__).parents[1] / "cogs"
    assert {info.name for info in catalog.COGS} == {
        folder.name for folder in cogs.iterdir() if (folder / "__init__.py").exists()
    }


def _named(entry: CommandEntry) -> list[str]:
    return [word for word in entry.example.split()[1:] if word in entry.access.actions]
