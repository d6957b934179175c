"""What `jobs` shows: the queue, and one directive."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import HelixError
from state.directives import Directives
from state.directives.records import Directive, Halt, LogLine

MOST_SHOWN = 200
_LONGEST_NUMBER = 12


class WrongNumber(HelixError):
    """No number of a directive."""


@dataclass(frozen=True, slots=True)
class Job:
    """One directive whole.

    Attributes:
        asker: who asked; None where names are not shown.
    """

    directive: Directive
    log: tuple[LogLine, ...]
    asker: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The newest directives: what runs, what waits, what is finished.

    Attributes:
        askers: who asked for each, by its number; empty where names are not shown.
        halted_by: who halted Manus; None where nobody did, or where names are not shown.
        why: that person's reason; likewise.
    """

    directives: tuple[Directive, ...]
    askers: dict[int, str]
    halted: Halt | None
    halted_by: str | None
    why: str | None


def parse_number(text: str) -> int:
    """The number of a directive: `12` or `#12`.

    Raises:
        WrongNumber: it is none.
    """
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise WrongNumber("A directive is named by its number, as `/jobs` lists them: `12`.")
    return int(digits)


async def fetch_job(directives: Directives, number: int, *, show_people: bool) -> Job:
    """One directive with its log.

    Raises:
        UnknownDirective: there is none of that number.
    """
    directive = await directives.get(number)
    return Job(directive, await directives.log(number), directive.actor.name if show_people else None)


async def fetch_queue(directives: Directives, *, show_people: bool) -> Queue:
    """The queue as it is now."""
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
