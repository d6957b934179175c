"""The parameters of routes: declared once, from which they are read, refused by name and documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from aiohttp import web

from web.answers.problems import Problem

Place = Literal["query", "path", "header"]
_LONGEST_NUMBER = 20


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter that takes text.

    Attributes:
        summary: what it chooses, in a sentence.
        example: a value that is right; in a path, the one that is asked for where a route is tried. Empty
            where the same value twice would be another thing.
        default: what holds where it is left out, as it would be written.
        required: whether it must be given; in a path it always must.
    """

    name: str
    summary: str
    example: str = ""
    default: str | None = None
    place: Place = "query"
    required: bool = False

    def schema(self) -> Mapping[str, Any]:
        """What is right, as JSON Schema."""
        return {"type": "string", **({} if self.default is None else {"default": self.default})}

    def wrong(self, right: str, *, choices: tuple[str, ...] | None = None) -> Problem:
        """What to answer to a wrong value; `right` goes on after the name: "is one of: …"."""
        return Problem(
            400, f"{self.name} {right}", kind="bad-parameter", parameters=[self.name], choices=choices
        )


class Word(Parameter, frozen=True, kw_only=True):
    """A parameter that takes visible ASCII, at most so many characters of it."""

    longest: int

    def schema(self) -> Mapping[str, Any]:
        """What is right, as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": "^[!-~]+$"}


class Choice(Parameter, frozen=True, kw_only=True):
    """A parameter that names one of few; in any case, with spaces, hyphens or underscores."""

    choices: tuple[str, ...]

    def schema(self) -> Mapping[str, Any]:
        """What is right, as JSON Schema."""
        default = {} if self.default is None else {"default": self.default}
        return {"type": "string", "enum": list(self.choices), **default}

    def read(self, request: web.Request) -> str | None:
        """The choice that the query names; None where it names none.

        Raises:
            Problem: there is no such choice (400); it lists them.
        """
        given = request.query.get(self.name)
        if given is None:
            return None
        wanted = _folded(given)
        for choice in self.choices:
            if _folded(choice) == wanted:
                return choice
        raise self.wrong(f"is one of: {', '.join(self.choices)}.", choices=self.choices)


class Number(Parameter, frozen=True, kw_only=True):
    """A parameter that takes a whole number from `low` to `high`."""

    low: int
    high: int
    default: str

    def schema(self) -> Mapping[str, Any]:
        """What is right, as JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": int(self.default)}

    def read(self, request: web.Request) -> int:
        """The number that the query gives, or the default.

        Raises:
            Problem: it is no whole number, or out of bounds (400).
        """
        text = request.query.get(self.name, self.default)
        digits = text.removeprefix("-")
        plain = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
        number = int(text) if plain else None
        if number is None or not self.low <= number <= self.high:
            raise self.wrong(f"is a whole number from {self.low} to {self.high}.")
        return number


def _folded(text: str) -> str:
    return text.casefold().replace("-", " ").replace("_", " ")
