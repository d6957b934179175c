"""What the commands about documents are told."""

from __future__ import annotations

from typing import Final, get_args

from bot.arguments.actions import UnknownAction
from bot.text.documents import Document, DocumentName, Section
from bot.text.words import quoted
from core.errors import HelixError, UnknownName

POST: Final = "post"


class UnknownSection(UnknownName):
    """The codex has no such section."""

    kind = "section"


class WrongUse(HelixError):
    """The arguments do not go together."""


def parse_name(word: str) -> DocumentName:
    """The document that a button names; the manifesto where it names none that there is."""
    return next((name for name in get_args(DocumentName) if name == word), "manifesto")


def parse_action(word: str | None) -> bool:
    """Whether to post.

    Raises:
        UnknownAction: it is another word.
    """
    if word is None or is_post(word):
        return word is not None
    raise UnknownAction(word.strip(), (POST,))


def is_post(word: str | None) -> bool:
    """Whether this is the word for posting."""
    return word is not None and word.strip().casefold() == POST


def parse_section(word: str | None, document: Document) -> Section | None:
    """The section that `word` names, in any case, or by its beginning; None for the table of contents.

    Raises:
        UnknownSection: there is none; the text suggests the nearest.
    """
    if word is None:
        return None
    wanted = word.strip().casefold()
    for section in document.sections:
        if wanted and (section.key.startswith(wanted) or section.title.casefold() == wanted):
            return section
    raise UnknownSection(word.strip(), [one.key for one in document.sections])


def refuse_channel(channel: str | None, word: str | None, command: str) -> None:
    """Nothing, unless a channel is named without `post`.

    Raises:
        WrongUse: it is; the text says what was meant.
    """
    if channel is not None:
        right = quoted(f"{command} post #{channel}")
        raise WrongUse(f"A channel goes with `post`: {right}, not {quoted(word or '')}.")
