"""The parameters of routes, each declared once to be read, validated and documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from aiohttp import web

from web.answers.problems import Problem

Place = Literal["query", "path", "header"]
_LONGEST_NUMBER = 20


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A text parameter.

    Attributes:
        summary: its meaning, in a sentence.
        example: a valid value; for path parameters also used in example requests. Empty for values that must
            not repeat, such as idempotency keys.
        default: the value if it is omitted, as it would be written.
        required: whether it is required; path parameters always are.
    """

    name: str
    summary: str
    example: str = ""
    default: str | None = None
    place: Place = "query"
    required: bool = False

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", **({} if self.default is None else {"default": self.default})}

    def wrong(self, right: str, *, choices: tuple[str, ...] | None = None) -> Problem:
        """The 400 for a wrong value; `right` continues after the name: "must be one of: …"."""
        return Problem(
            400, f"{self.name} {right}", kind="bad-parameter", parameters=[self.name], choices=choices
        )


class Word(Parameter, frozen=True, kw_only=True):
    """A parameter of visible ASCII, at most `longest` characters."""

    longest: int

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": "^[!-~]+$"}


class Choice(Parameter, frozen=True, kw_only=True):
    """A parameter with a fixed set of values; case does not matter, nor spaces, hyphens or underscores."""

    choices: tuple[str, ...]

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        default = {} if self.default is None else {"default": self.default}
        return {"type": "string", "enum": list(self.choices), **default}

    def read(self, request: web.Request) -> str | None:
        """The value in the query, in canonical spelling; None if it is omitted.

        Raises:
            Problem: unknown value (400); lists the valid ones.
        """
        given = request.query.get(self.name)
        if given is None:
            return None
        wanted = _folded(given)
        for choice in self.choices:
            if _folded(choice) == wanted:
                return choice
        raise self.wrong(f"must be one of: {', '.join(self.choices)}.", choices=self.choices)


class Number(Parameter, frozen=True, kw_only=True):
    """An integer parameter from `low` to `high`."""

    low: int
    high: int
    default: str

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": int(self.default)}

    def read(self, request: web.Request) -> int:
        """The number in the query, or the default.

        Raises:
            Problem: not an integer, or out of range (400).
        """
        text = request.query.get(self.name, self.default)
        digits = text.removeprefix("-")
        plain = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
        number = int(text) if plain else None
        if number is None or not self.low <= number <= self.high:
            raise self.wrong(f"must be an integer from {self.low} to {self.high}.")
        return number


def _folded(text: str) -> str:
    return text.casefold().replace("-", " ").replace("_", " ")
