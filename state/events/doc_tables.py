"""Generates the tables of `docs/webhooks.md` from the event registry (`make docs`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from state.events.registry import IN_EVENTS, OUT_EVENTS, data_schema

PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
_PLACE: Final = "<!-- {name}: made by make docs -->\n{table}<!-- end of {name} -->\n"


def render_incoming() -> str:
    """The incoming events as a Markdown table."""
    rows = [
        (f"`{spec.name}`", _fields(data_schema(spec.record)), f"`{spec.handler}`", spec.summary)
        for spec in IN_EVENTS.values()
    ]
    return _table(("event in", "data", "handler", "what it does"), rows)


def render_outgoing() -> str:
    """The outgoing events as a Markdown table."""
    rows = [
        (f"`{spec.name}`", _fields(data_schema(spec.record)), spec.summary) for spec in OUT_EVENTS.values()
    ]
    return _table(("event out", "data", "what happened"), rows)


def insert(page: str) -> str:
    """The page with both tables updated.

    Raises:
        ValueError: the page has no place for one of them.
    """
    for name, table in (("events in", render_incoming()), ("events out", render_outgoing())):
        found = re.search(
            re.escape(_PLACE.format(name=name, table="\0")).replace("\0", ".*?"), page, re.DOTALL
        )
        if found is None:
            raise ValueError(f"docs/webhooks.md has no place for the table of {name}")
        page = page[: found.start()] + _PLACE.format(name=name, table=table) + page[found.end() :]
    return page


def _fields(schema: dict[str, Any]) -> str:
    return ", ".join(_field(name, name in schema["required"]) for name in schema["properties"])


def _field(name: str, required: bool) -> str:
    return f"**`{name}`**" if required else f"`{name}`"


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    def lines() -> Iterator[str]:
        yield f"| {' | '.join(head)} |\n"
        yield f"|{'---|' * len(head)}\n"
        for row in rows:
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |\n"

    return "".join(lines())


if __name__ == "__main__":
    PATH.write_text(insert(PATH.read_text(encoding="utf-8")), encoding="utf-8")
