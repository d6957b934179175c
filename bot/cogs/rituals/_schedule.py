"""Arguments of `schedule`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.text.words import quoted
from core.errors import HelixError
from core.text.quotation import straight
from state.rituals.records import check_steps
from state.rituals.rules import DEFAULT_STEPS
from state.rituals.schedule_rules import EXAMPLES, Rule, parse_rule
from state.rituals.schedules import Schedule

Action = Literal["list", "add", "remove"]
ACTIONS: tuple[Action, ...] = ("list", "add", "remove")

PER_PAGE = 8
_CRON_FIELDS = 5
_OFFERED_STEPS = 27


class WrongDetails(HelixError):
    """The details do not fit the action."""


def parse_addition(details: str | None, now: datetime) -> tuple[Rule, int]:
    """The rule and the steps: `every 6h 27`, `0 6 * * * 27`; 108 steps by default.

    Raises:
        WrongDetails: the details are missing.
        WrongSchedule: the rule is not valid or too frequent.
        WrongSteps: the number of steps is out of range.
    """
    words = straight(details or "").replace("`", " ").replace('"', " ").split()
    if not words:
        raise WrongDetails("Give a time and the steps, such as `every 6h 27` or `0 6 * * * 108`.")
    steps = DEFAULT_STEPS
    is_cron = words[0].casefold() != "every"
    if _is_number(words[-1]) and (len(words) > _CRON_FIELDS if is_cron else len(words) > 1):
        last = words.pop()
        steps = check_steps(int(last) if len(last) < 10 else 10**9)
    return parse_rule(" ".join(words), now), steps


def parse_id(details: str | None) -> int:
    """The id after `remove`.

    Raises:
        WrongDetails: the id is missing or not a number.
    """
    text = (details or "").strip().removeprefix("#")
    if not text:
        raise WrongDetails("Give the id of the schedule to remove; `/schedule list` shows the ids.")
    if not _is_number(text) or len(text) > 9:
        raise WrongDetails(f"{quoted(text, 40)} is not an id; `/schedule list` shows the ids.")
    return int(text)


def refuse_details(details: str | None) -> None:
    """Raise if details follow `list`.

    Raises:
        WrongDetails: `list` takes no details.
    """
    if details is not None and details.strip():
        raise WrongDetails(f"`list` has no arguments; leave out {quoted(details, 40)}.")


def offered(action: str | None, schedules: tuple[Schedule, ...]) -> tuple[tuple[str, str], ...]:
    """Suggestions for the details of an action: the shown text and the typed value."""
    if action == "remove":
        return tuple((f"{one.id}: {one.rule}, {one.steps} steps", str(one.id)) for one in schedules)
    if action == "add":
        lines = tuple(f"{text} {_OFFERED_STEPS}" for text in EXAMPLES)
        return tuple(zip(lines, lines, strict=True))
    return ()


def _is_number(text: str) -> bool:
    return text.isascii() and text.lstrip("+-").isdecimal()
