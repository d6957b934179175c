"""The table of settings: one row each, with name, default, parser, group and meaning."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from core.text.numbers import plain

T = TypeVar("T")
GroupName = Literal[
    "Discord", "HTTP", "Data", "Webhooks", "Features", "Rhythm", "Health", "Logging", "More than one process"
]


class Row(msgspec.Struct, frozen=True):
    """One setting.

    Attributes:
        name: its variable.
        attribute: the field of the record that holds its value.
        default: as `.env.example` shows it.
        parse: converts the variable's text; None for a setting that is not available yet.
        meaning: one or two sentences.
        secret: whether messages must not show its value.
    """

    name: str
    attribute: str
    default: str
    parse: Callable[[str], object] | None
    meaning: str
    secret: bool
    group: GroupName


# All settings by variable, in the order of `.env.example`.
TABLE: Final[dict[str, Row]] = {}


class Group:
    """A group of settings. Declaring a field of the record with `setting` also adds it to the table."""

    def __init__(self, name: GroupName) -> None:
        self._name = name

    def setting(
        self,
        name: str,
        default: T,
        parse: Callable[[str], T],
        meaning: str,
        *,
        attribute: str = "",
        secret: bool = False,
        written: Callable[[T], str] | None = None,
    ) -> T:
        """Adds a setting to the table; returns its default, for the field of the record.

        The field has the variable's name in lower case, or `attribute`; `written` formats the default.
        """
        shown = _text(default) if written is None else written(default)
        self._enter(Row(name, attribute or name.lower(), shown, parse, meaning, secret, self._name))
        return default

    def not_built(self, name: str, *, secret: bool = False) -> None:
        """Adds a setting that is refused for now."""
        meaning = "Not available yet: leave it unset."
        self._enter(Row(name, "", "", None, meaning, secret, self._name))

    def _enter(self, row: Row) -> None:
        if row.name in TABLE:
            raise ValueError(f"{row.name} has two rows")
        TABLE[row.name] = row


def render_env_example() -> str:
    """The content of `.env.example`: every setting, commented out, with its default and meaning."""
    lines = [
        "# The settings of Helix. Copy this file to .env and uncomment what you change. To check it, run",
        "#     python main.py check",
        "# The process environment overrides this file. Put a value that contains spaces or # in quotes.",
    ]
    group = None
    for row in TABLE.values():
        if row.group != group:
            group = row.group
            lines += ["", f"# --- {group} ---"]
        lines.append("")
        lines += textwrap.wrap(row.meaning, width=98, initial_indent="# ", subsequent_indent="# ")
        lines.append(f"#{row.name}={row.default}")
    return "\n".join(lines) + "\n"


def _text(default: object) -> str:
    match default:
        case None | ():
            return ""
        case bool():
            return str(default).lower()
        case float():
            return plain(default)
        case int() | str() | Path():
            return str(default)
    raise TypeError(f"no text for a default of {type(default).__name__}")
