"""Generates the page `docs/commands.md` from the catalog (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from bot import catalog
from bot.catalog.entry import CommandEntry, Level

PATH = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

_HEAD = """# Commands

Every command works as `!name`, as `@Helix name` and as `/name`; aliases work with the prefix or a mention
only. Spaces after the prefix or the mention are fine. Arguments in `<>` are required, arguments in `[]` are
optional. In prefix commands, put an argument of several words in quotation marks of any kind. The access
levels are everyone, mod (Manage Server), admin (Administrator, or the role in `ADMIN_ROLE_ID`) and owner (the
application's owners and `OWNER_IDS`); each includes those before it. Mods and admins have their level in the
home server only, except for commands marked †: those affect only the server where they are used. A message
may contain several commands: one per line, or one after another (`!status !agents`). Send Helix a direct
message, or begin a message with its mention, and it offers the most likely commands as buttons.

This page is generated from the catalog (`make docs`).
"""


def render() -> str:
    """The page in Markdown: the commands by cog."""
    parts = [_HEAD]
    for cog in catalog.COGS:
        parts.append(f"\n## {cog.title}\n\n{cog.summary}.\n\n| command | access | does |\n|---|---|---|\n")
        parts += [_row(entry) for entry in catalog.by_cog(cog.name)]
    return "".join(parts)


def _row(entry: CommandEntry) -> str:
    aliases = f" ({', '.join(entry.aliases)})" if entry.aliases else ""
    cell = f"`{_call(entry)}`{aliases}".replace("|", "\\|")
    cached = f", cached for {entry.ttl_s:g} s" if entry.ttl_s is not None else ""
    does = f"{entry.summary} Example: `{entry.example}`. {entry.limits}{cached}."
    return f"| {cell} | {_access(entry)} | {does} |\n"


def _call(entry: CommandEntry) -> str:
    return f"!{entry.name} {entry.usage}".rstrip()


def _access(entry: CommandEntry) -> str:
    exceptions = [f"{_level(entry, level)} for {action}" for action, level in entry.access.actions.items()]
    return ", ".join((_level(entry, entry.access.level), *exceptions))


def _level(entry: CommandEntry, level: Level) -> str:
    return f"{level.name} †" if entry.access.local and level > Level.everyone else level.name


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
