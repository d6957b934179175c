"""What `schedule` is told: an action, and when, how many steps, or which."""

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
    """What follows the action does not fit it."""


def parse_addition(details: str | None, now: datetime) -> tuple[Rule, int]:
    """When and how many steps: `every 6h 27`, `0 6 * * * 27`; 108 steps where none are named.

    Raises:
        WrongDetails: nothing is given.
        WrongSchedule: it says no time, or one that comes too often.
        WrongSteps: no ritual has so many steps.
    """
    words = straight(details or "").replace("`", " ").replace('"', " ").split()
    if not words:
        raise WrongDetails("Add what? A time and the steps, as in `every 6h 27` or `0 6 * * * 108`.")
    steps = DEFAULT_STEPS
    is_cron = words[0].casefold() != "every"
    if _is_number(words[-1]) and (len(words) > _CRON_FIELDS if is_cron else len(words) > 1):
        last = words.pop()
        steps = check_steps(int(last) if len(last) < 10 else 10**9)
    return parse_rule(" ".join(words), now), steps


def parse_id(details: str | None) -> int:
    """The id that `remove` is given.

    Raises:
        WrongDetails: it is none.
    """
    text = (details or "").strip().removeprefix("#")
    if not text:
        raise WrongDetails("Remove which? Its id, as `/schedule list` shows it.")
    if not _is_number(text) or len(text) > 9:
        raise WrongDetails(f"An id is a whole number, as `/schedule list` shows it, not {quoted(text, 40)}.")
    return int(text)


def refuse_details(details: str | None) -> None:
    """Nothing, where nothing follows `list`.

    Raises:
        WrongDetails: something does.
    """
    if details is not None and details.strip():
        raise WrongDetails(f"`list` has no arguments, but {quoted(details, 40)} was given.")


def offered(action: str | None, schedules: tuple[Schedule, ...]) -> tuple[tuple[str, str], ...]:
    """What may follow an action, each as it is shown and as it is typed."""
    if action == "remove":
        return tuple((f"{one.id}: {one.rule}, {one.steps} steps", str(one.id)) for one in schedules)
    if action == "add":
        lines = tuple(f"{text} {_OFFERED_STEPS}" for text in EXAMPLES)
        return tuple(zip(lines, lines, strict=True))
    return ()


def _is_number(text: str) -> bool:
    return text.isascii() and text.lstrip("+-").isdecimal()
