"""Cogs as real files, written by a test."""

from __future__ import annotations

import sys
import textwrap
import threading
import uuid
from pathlib import Path

_GIVEN_UP_S = 10.0

_COG = """
from discord.ext import commands

from bot.dispatch.command import command
{imports}

class Cog(commands.Cog, name="{name}"):
    def __init__(self, bot):
        self.bot = bot

{body}

async def setup(bot):
{setup}    await bot.add_cog(Cog(bot))
"""


class ImportGate:
    """Where an import waits; it gives up by itself, and fails, where nobody opens."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._opened = threading.Event()

    @property
    def reached(self) -> bool:
        return self._reached.is_set()

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        """Called by the module."""
        self._reached.set()
        if not self._opened.wait(_GIVEN_UP_S):
            raise TimeoutError("nobody opened: the event loop waits for this import")


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

    def hold_import(self, name: str) -> ImportGate:
        """Make the module of that name stop while it is imported, until the gate is opened."""
        gate = ImportGate()
        key = f"{self.package}_{name}_gate"
        setattr(sys, key, gate)
        path = self.folder / f"{name}.py"
        path.write_text(f"import sys\n\nsys.{key}.pass_through()\n\n{path.read_text()}")
        return gate
