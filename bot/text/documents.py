"""The documents of the collective, from the Markdown files in `bot/content`, divided into sections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from bot.text.markdown_pieces import split_markdown

DocumentName = Literal["manifesto", "codex", "rules"]

# Discord's limit for a message, and a length that a phone shows without much scrolling.
MESSAGE_LENGTH: Final = 2_000
PAGE_LENGTH: Final = 1_200

_FOLDER: Final = Path(__file__).resolve().parents[1] / "content"
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document.

    Attributes:
        key: the first word of its heading, in lower case.
        summary: the line in italics below the heading; empty if there is none.
        text: its Markdown, without heading and summary.
    """

    key: str
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes:
        text: the whole file.
        opening: the text before the first section, without the title.
    """

    name: DocumentName
    title: str
    text: str
    opening: str
    sections: tuple[Section, ...]

    def pages(self, section: Section | None = None) -> tuple[str, ...]:
        """The pages of one section, or of the whole document without its title."""
        text = self.text.partition("\n")[2] if section is None else section.text
        return split_markdown(text, PAGE_LENGTH)

    def messages(self) -> tuple[str, ...]:
        """The whole document as messages to post."""
        return split_markdown(self.text, MESSAGE_LENGTH)

    def find(self, key: str) -> Section | None:
        """The section with exactly this key."""
        return next((one for one in self.sections if one.key == key), None)


@cache
def load(name: DocumentName) -> Document:
    """The document, read once."""
    return parse_document(name, (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip())


def parse_document(name: DocumentName, text: str) -> Document:
    """Reads Markdown with a title (`#`), an opening and sections (`##`)."""
    heading, _, rest = text.partition("\n")
    opening, *parts = _SECTION.split(rest)
    sections = tuple(_section(title, body) for title, body in zip(parts[::2], parts[1::2], strict=True))
    return Document(name, heading.removeprefix("# ").strip(), text, opening.strip(), sections)


def _section(title: str, body: str) -> Section:
    first, _, rest = body.strip().partition("\n")
    summary = first.strip("*") if re.fullmatch(r"\*[^*]+\*", first) else ""
    key = re.split(r"\W+", title.casefold())[0]
    return Section(key, title.strip(), summary, rest.strip() if summary else body.strip())
