"""The base class of all errors whose text a person may read."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from core.suggestions import closest


class HelixError(Exception):
    """An error that a user may see; `str()` of it is the message."""


class StartError(HelixError):
    """The program cannot start (exit code 2); the text names the setting or path and what to do."""


class Away(HelixError):
    """What is needed cannot be reached for a while and comes back by itself; a check tells of it."""


class UnknownName(HelixError):
    """A name that is not known; the text suggests the nearest one.

    Attributes:
        name: the given name, cut to 64 characters.
        suggestion: the nearest known name, or None.
    """

    kind = "name"

    def __init__(self, name: str, known: Collection[str]) -> None:
        self.name = name[:64]
        self.suggestion = closest(name, known)
        hint = (
            f"Did you mean {self.suggestion!r}?"
            if self.suggestion is not None
            else f"Known: {', '.join(sorted(known)) or 'none'}."
        )
        super().__init__(f"There is no {self.kind} called {self.name!r}. {hint}")


def new_incident() -> str:
    """An incident id that a user can quote and an operator can find in the log: 8 hex digits."""
    return secrets.token_hex(4)
