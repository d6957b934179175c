"""Arguments of the commands about documents."""

from __future__ import annotations

from typing import Final, get_args

from bot.arguments.parsing import UnknownAction
from bot.text.documents import Document, DocumentName, Section
from bot.text.words import quoted
from core.errors import HelixError, UnknownName

POST: Final = "post"


class UnknownSection(UnknownName):
    """No section has this name."""

    kind = "section"


class WrongUse(HelixError):
    """The arguments contradict each other."""


def parse_name(word: str) -> DocumentName:
    """The document that a button names; the manifesto if there is no such document."""
    return next((name for name in get_args(DocumentName) if name == word), "manifesto")


def parse_action(word: str | None) -> bool:
    """Whether the action is `post`; None means to show.

    Raises:
        UnknownAction: it is any other word.
    """
    if word is None or is_post(word):
        return word is not None
    raise UnknownAction(word.strip(), (POST,))


def is_post(word: str | None) -> bool:
    """Whether the word is `post`."""
    return word is not None and word.strip().casefold() == POST


def parse_section(word: str | None, document: Document) -> Section | None:
    """The section that `word` names or begins, in any letter case; None means the table of contents.

    Raises:
        UnknownSection: no section has this name; the message suggests the nearest.
    """
    if word is None:
        return None
    wanted = word.strip().casefold()
    for section in document.sections:
        if wanted and (section.key.startswith(wanted) or section.title.casefold() == wanted):
            return section
    raise UnknownSection(word.strip(), [one.key for one in document.sections])


def refuse_channel(channel: str | None, word: str | None, command: str) -> None:
    """Raise if a channel was given without `post`.

    Raises:
        WrongUse: a channel was given; the message shows the right command.
    """
    if channel is not None:
        right = quoted(f"{command} post #{channel}")
        raise WrongUse(f"A channel needs the action `post`: {right}, not {quoted(word or '')}.")
