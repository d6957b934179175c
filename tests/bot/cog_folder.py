"""Cogs as real files, written by a test."""

from __future__ import annotations

import textwrap
import uuid
from pathlib import Path

_COG = """
from discord.ext import commands

from bot.command import command
{imports}

class Cog(commands.Cog, name="{name}"):
    def __init__(self, bot):
        self.bot = bot

{body}

async def setup(bot):
{setup}    await bot.add_cog(Cog(bot))
"""


class CogFolder:
    """A package with a name that no other test has."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = f"cogs_{uuid.uuid4().hex}"
        self.folder = root / self.package
        self.folder.mkdir(parents=True)
        (self.folder / "__init__.py").write_text("")

    def write(self, name: str, source: str) -> Path:
        """A module with exactly this source."""
        path = self.folder / f"{name}.py"
        path.write_text(textwrap.dedent(source))
        return path

    def write_cog(self, name: str, commands: dict[str, str], *, imports: str = "", setup: str = "") -> Path:
        """A cog whose commands have these bodies; `ctx`, `self` and `imports` are at hand."""
        body = "\n".join(
            f'    @command("{command}")\n    async def {command.replace("-", "_")}(self, ctx):\n'
            + textwrap.indent(textwrap.dedent(text).strip(), " " * 8)
            + "\n"
            for command, text in commands.items()
        )
        setup_lines = textwrap.indent(textwrap.dedent(setup).strip() + "\n", "    ") if setup else ""
        return self.write(name, _COG.format(imports=imports, name=name, body=body, setup=setup_lines))
