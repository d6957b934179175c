"""The blocks of code of `docs/webhooks.md`, by the name that stands behind their language."""

from __future__ import annotations

import re

from state.events.doc_tables import PATH

_BLOCK = re.compile(r"^```(?P<language>\w*)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> dict[str, str]:
    """Each block's text as it stands in the page, by its name; each block has one of its own."""
    found = list(_BLOCK.finditer(PATH.read_text(encoding="utf-8")))
    named = {str(block["name"]): block["text"] for block in found}
    assert len(named) == len(found), "two examples have one name, or one has none"
    return named
