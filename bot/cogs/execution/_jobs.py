"""`jobs`: the queue, and one directive."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import HelixError
from state.directives import Directives
from state.directives.records import Directive, Halt, LogLine

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


@dataclass(frozen=True, slots=True)
class Queue:
    """The newest directives: running, waiting and finished.

    Attributes:
        askers: who submitted each, by its number; empty if names are not shown.
        halted_by: who halted Manus; None if nobody did or names are not shown.
        why: that person's reason, under the same conditions.
    """

    directives: tuple[Directive, ...]
    askers: dict[int, str]
    halted: Halt | None
    halted_by: str | None
    why: str | None


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


async def fetch_queue(directives: Directives, *, show_people: bool) -> Queue:
    """The current queue."""
    found = await directives.newest(MOST_SHOWN)
    halted = directives.halted
    shown = halted if show_people else None
    return Queue(
        directives=found,
        askers={one.id: one.actor.name for one in found if one.actor.name} if show_people else {},
        halted=halted,
        halted_by=None if shown is None else shown.actor.name,
        why=None if shown is None else shown.reason,
    )
