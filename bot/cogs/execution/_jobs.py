"""`jobs`: the queue, and one directive."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import HelixError
from state.directives import Directives
from state.directives.records import Directive, LogLine

MOST_SHOWN = 200
_LONGEST_NUMBER = 12


class WrongNumber(HelixError):
    """The text is not a directive's number."""


@dataclass(frozen=True, slots=True)
class Job:
    """One directive in full.

    Attributes:
        asker: who submitted it; None if names are not shown.
    """

    directive: Directive
    log: tuple[LogLine, ...]
    asker: str | None


def parse_number(text: str) -> int:
    """The number of a directive: `12` or `#12`.

    Raises:
        WrongNumber: the text is not a number.
    """
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise WrongNumber("Give the directive's number, such as `12`. `/jobs` lists the numbers.")
    return int(digits)


async def fetch_job(directives: Directives, number: int, *, show_people: bool) -> Job:
    """One directive with its log.

    Raises:
        UnknownDirective: no directive has this number.
    """
    directive = await directives.get(number)
    return Job(directive, await directives.log(number), directive.actor.name if show_people else None)
