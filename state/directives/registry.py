"""The registered actions of directives, each bound to a part of the collective; never a shell."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from state.contexts.records import clean_name
from state.directives import _effects as effects
from state.directives.action import Action, Arguments
from state.directives.policy import Rank
from state.directives.records import WrongDirective
from state.events import OUT_EVENTS, Severity, by_hand
from state.rituals.rules import LEAST_STEPS

USUAL_STEPS: Final = 108
_MOST_DIGITS: Final = 9
_SOME_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SEVERITIES: Final[tuple[Severity, ...]] = ("warning", "critical")
_ALERT: Final = "raise <key> <warning|critical> [summary] | clear <key>"


def parse_directive(text: str) -> tuple[str, str]:
    """The folded name of the action, and the text after it.

    Raises:
        WrongDirective: the text is empty.
    """
    name, _, rest = text.strip().partition(" ")
    if not name:
        raise WrongDirective(f"A directive is one of: {', '.join(f'`{one.form}`' for one in ACTIONS)}.")
    return name.casefold(), rest.strip()


def _steps(rest: str) -> Arguments:
    if not rest:
        return {"steps": USUAL_STEPS}
    if not (rest.isascii() and rest.isdecimal() and len(rest) <= _MOST_DIGITS) or int(rest) < LEAST_STEPS:
        raise WrongDirective("The number of steps must be a whole number from 1: `ritual 27`.")
    return {"steps": int(rest)}


def _event(rest: str) -> Arguments:
    name, _, data = rest.partition(" ")
    if not name:
        raise WrongDirective("Name an event: `emit <event> [json]`, such as `emit report.ready`.")
    # Built here only to report mistakes while the asker waits.
    by_hand.build_from_text(name, data, _SOME_MOMENT)
    return {"event": by_hand.find_type(name), "data": data.strip()}


def _alert(rest: str) -> Arguments:
    action, _, more = rest.partition(" ")
    key, _, said = more.strip().partition(" ")
    severity, _, summary = said.strip().partition(" ")
    if action.casefold() == "clear" and key and not said:
        return {"action": "clear", "key": key}
    if action.casefold() == "raise" and key and severity.casefold() in _SEVERITIES:
        return {"action": "raise", "key": key, "severity": severity.casefold(), "summary": summary.strip()}
    raise WrongDirective(f"Write `alert {_ALERT}`, such as `alert raise disk.full critical`.")


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        name="ritual",
        usage="[steps=108]",
        summary="Runs a Z-88 ritual, after the one that runs already.",
        examples=("ritual 108", "ritual 27", "ritual 9"),
        parse=_steps,
        run=effects.ritual,
    ),
    Action(
        name="backup",
        summary="Makes a backup and checks it.",
        examples=("backup",),
        needed=Rank.admin,
        run=effects.backup,
    ),
    Action(
        name="heartbeat",
        summary="Probes every service in services.json.",
        examples=("heartbeat",),
        run=effects.heartbeat,
    ),
    Action(
        name="clean",
        summary="Deletes expired data; needs a good backup of the last 7 days.",
        examples=("clean",),
        needed=Rank.admin,
        run=effects.clean,
    ),
    Action(
        name="report",
        summary="Makes a report of everything, and tells subscribers.",
        examples=("report",),
        run=effects.report,
    ),
    Action(
        name="archive",
        usage="<name>",
        summary="Saves a checkpoint of the state under a name.",
        examples=("archive before the storm",),
        parse=lambda rest: {"name": clean_name(rest)},
        run=effects.archive,
    ),
    Action(
        name="alert",
        usage=f"<{_ALERT}>",
        summary="Raises or clears an alert that is about something outside.",
        examples=("alert raise disk.full critical", "alert clear disk.full"),
        parse=_alert,
        run=effects.alert,
    ),
    Action(
        name="emit",
        usage="<event> [json]",
        summary="Sends an event to its destinations.",
        examples=tuple(f"emit {name}" for name in OUT_EVENTS),
        needed=Rank.admin,
        parse=_event,
        run=effects.emit,
    ),
)
BY_NAME: Final = MappingProxyType({action.name: action for action in ACTIONS})
NEEDED: Final = MappingProxyType({action.name: action.needed for action in ACTIONS})
