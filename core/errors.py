"""The root of every error whose text a person may read."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from core.suggestions import closest


class HelixError(Exception):
    """Something went wrong that a user may be told; `str()` of it is that message."""


class StartError(HelixError):
    """The program cannot start (exit code 2); the text names the setting or path and what to do."""


class UnknownName(HelixError):
    """A name that is not among the known ones; the text suggests the nearest.

    Attributes:
        name: what was asked for, shortened to 64 characters.
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
    """An id that a user can read out and an operator can find in the log: 8 hex digits."""
    return secrets.token_hex(4)
