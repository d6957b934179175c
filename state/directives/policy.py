"""The policy: Kavach judges each action by the four principles of the Tony Accords.

The rules are checked in this order; the first that applies refuses the action.

| principle      | an action is refused if                                                                  |
|----------------|------------------------------------------------------------------------------------------|
| humility       | it is not registered; it is larger than was ever tested (a ritual over 1000 steps, data  |
|                | over 16,000 characters); 50 directives are queued already                                |
| autonomy       | its asker lacks the rank it needs (mod, or admin if it affects data or goes outside)     |
| nonmaleficence | it is a ritual over 108 steps while klesha is critical; it is `clean`, and no backup of  |
|                | the last 7 days has passed its check                                                     |
| compassion     | its asker has 5 open directives already (20 if it is no person, but a schedule or a      |
|                | webhook), or has made 60 within an hour                                                  |

An action that no rule refuses is approved, by autonomy. Since circumstances change while a directive waits,
nonmaleficence is checked again when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final, Literal

import msgspec

from core.suggestions import closest
from state.change import Actor, JournalRow
from state.journal import Journal
from state.models import METRICS, UCF

Principle = Literal["nonmaleficence", "autonomy", "compassion", "humility"]
PRINCIPLES: Final[tuple[Principle, ...]] = ("nonmaleficence", "autonomy", "compassion", "humility")

KIND: Final = "policy"
APPROVED: Final = "approved"
REFUSED: Final = "refused"

MOST_STEPS: Final = 1000
MOST_STEPS_IN_FRICTION: Final = 108
MOST_TEXT: Final = 16_000
MOST_QUEUED: Final = 50
MOST_OPEN_OF_A_PERSON: Final = 5
MOST_OPEN_OF_A_PROGRAM: Final = 20
MOST_IN_AN_HOUR: Final = 60
BACKUP_WITHIN: Final = timedelta(days=7)


class Rank(IntEnum):
    """What an asker may do; each rank includes the lower ones."""

    everyone = 0
    mod = 1
    admin = 2
    owner = 3


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of a judgement.

    Attributes:
        known: the rank that each registered action needs, by name.
        queued: number of queued directives.
        open_of_asker: number of the asker's open directives.
        asked_within_hour: number of the asker's directives in the last hour.
        last_good_backup: when the newest backup that passed its check was made; None if there is none.
    """

    now: datetime
    ucf: UCF
    known: Mapping[str, Rank]
    queued: int = 0
    open_of_asker: int = 0
    asked_within_hour: int = 0
    last_good_backup: datetime | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement: its principle, and its reason as text for people."""

    action: str
    approved: bool
    principle: Principle
    reason: str

    def row(self, actor: Actor) -> JournalRow:
        """The decision as a journal row, in the asker's name."""
        return actor.row(
            KIND,
            self.action,
            reason=self.reason,
            before=self.principle,
            after=APPROVED if self.approved else REFUSED,
        )


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as stored in the journal."""

    at: datetime
    decision: Decision


def judge(
    action: str, arguments: Mapping[str, object], rank: Rank, actor: Actor, seen: Circumstances
) -> Decision:
    """Whether `actor` with `rank` may do this now; a pure function."""
    refusal = (
        _humility(action, arguments, seen)
        or _autonomy(action, rank, seen)
        or _nonmaleficence(action, arguments, seen)
        or _compassion(action, actor, seen)
    )
    return refusal or _approved(action)


def judge_again(action: str, arguments: Mapping[str, object], seen: Circumstances) -> Decision:
    """Whether an approved action is still harmless now that it runs; a pure function."""
    return _nonmaleficence(action, arguments, seen) or _approved(action)


async def recent(journal: Journal, limit: int = 10) -> tuple[Ruling, ...]:
    """The last decisions, newest first."""
    entries = await journal.entries(kinds=(KIND,), limit=limit)
    return tuple(
        Ruling(
            at=entry.at,
            decision=Decision(
                action=entry.subject,
                approved=entry.after == APPROVED,
                principle=_principle(entry.before),
                reason=entry.reason or "",
            ),
        )
        for entry in entries
    )


def _humility(action: str, arguments: Mapping[str, object], seen: Circumstances) -> Decision | None:
    if action not in seen.known:
        near = closest(action, seen.known)
        hint = f"Did you mean {near!r}?" if near else f"Known: {', '.join(sorted(seen.known))}."
        return _refused(action, "humility", f"There is no action called {action!r}. {hint}")
    if _whole(arguments.get("steps")) > MOST_STEPS:
        return _refused(action, "humility", f"A ritual has at most {MOST_STEPS} steps.")
    longest = max((len(value) for value in arguments.values() if isinstance(value, str)), default=0)
    if longest > MOST_TEXT:
        return _refused(action, "humility", f"Its data is longer than the limit of {MOST_TEXT} characters.")
    if seen.queued >= MOST_QUEUED:
        return _refused(
            action, "humility", f"{MOST_QUEUED} directives are queued already. Ask again when some are done."
        )
    return None


def _autonomy(action: str, rank: Rank, seen: Circumstances) -> Decision | None:
    needed = seen.known[action]
    if rank >= needed:
        return None
    return _refused(action, "autonomy", f"It needs the permissions of {_WHO[needed]}.")


def _nonmaleficence(action: str, arguments: Mapping[str, object], seen: Circumstances) -> Decision | None:
    critical = METRICS["klesha"].critical_high
    in_friction = critical is not None and seen.ucf.klesha > critical
    if in_friction and _whole(arguments.get("steps")) > MOST_STEPS_IN_FRICTION:
        return _refused(
            action,
            "nonmaleficence",
            f"Klesha is critical, and a ritual over {MOST_STEPS_IN_FRICTION} steps could raise it further.",
        )
    if action == "clean" and (
        seen.last_good_backup is None or seen.now - seen.last_good_backup > BACKUP_WITHIN
    ):
        return _refused(
            action,
            "nonmaleficence",
            f"There is no good backup of the last {BACKUP_WITHIN.days} days. Make one first: `/backup`.",
        )
    return None


def _compassion(action: str, actor: Actor, seen: Circumstances) -> Decision | None:
    most = MOST_OPEN_OF_A_PROGRAM if actor.id is None else MOST_OPEN_OF_A_PERSON
    if seen.open_of_asker >= most:
        return _refused(
            action,
            "compassion",
            f"The asker has {most} open directives, which is the limit. Wait until one is done.",
        )
    if seen.asked_within_hour >= MOST_IN_AN_HOUR:
        return _refused(
            action,
            "compassion",
            f"The asker has made {MOST_IN_AN_HOUR} directives in an hour, which is the limit. Wait a while.",
        )
    return None


_WHO: Final = {
    Rank.everyone: "anyone",
    Rank.mod: "someone with Manage Server",
    Rank.admin: "an administrator",
    Rank.owner: "an owner of this bot",
}


def _approved(action: str) -> Decision:
    return Decision(
        action=action,
        approved=True,
        principle="autonomy",
        reason="No rule forbids it, and the asker has the rank that it needs.",
    )


def _refused(action: str, principle: Principle, reason: str) -> Decision:
    return Decision(action=action, approved=False, principle=principle, reason=reason)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _principle(value: object) -> Principle:
    return next((principle for principle in PRINCIPLES if principle == value), "humility")
