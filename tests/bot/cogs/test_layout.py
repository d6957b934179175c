"""Rules for every cog."""

import ast
from pathlib import Path

import pytest
from discord.ext import commands

from bot import catalog
from tests.bot.conftest import StartBot

COGS = Path(__file__).resolve().parents[3] / "bot" / "cogs"
PLAIN = sorted(
    path
    for path in COGS.rglob("*.py")
    if path.name.startswith("_") and path.name != "__init__.py" and not path.stem.endswith("screens")
    if not path.stem.endswith("screen")
)


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_plain_functions_know_no_discord(path: Path) -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert "discord" not in imported


async def test_every_entry_has_a_method_and_cogs_hold_nothing_but_the_bot(start_bot: StartBot) -> None:
    bot = (await start_bot()).bot
    for info in catalog.COGS:
        await bot.loader.ensure(info.name)
        cog = bot.get_cog(info.name)
        assert cog is not None
        own = {
            name
            for name, value in vars(cog).items()
            # discord.py keeps its tables and copies of the commands there.
            if not name.startswith("__") and not isinstance(value, commands.Command)
        }
        assert own == {"bot"}
        assert cog.get_listeners() == []
        names = {entry.name for entry in catalog.by_cog(info.name)}
        assert {command.name for command in cog.get_commands()} == names
